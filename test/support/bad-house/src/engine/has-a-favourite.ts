// words: provider-names-at-home
export const isFavourite = (model: string): boolean => model.startsWith('openai/');
