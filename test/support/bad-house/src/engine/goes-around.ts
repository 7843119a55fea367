// words: nothing-global
export const call = globalThis.fetch;
