// words: provider-names-at-home
export const discounts = { openai: 2 };
