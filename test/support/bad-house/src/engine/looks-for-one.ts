// words: provider-names-at-home
export const isFavourite = (model: string): boolean => /^openai\b/.test(model);
