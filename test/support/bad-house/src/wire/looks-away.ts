// biome: lint/suspicious/noTsIgnore
// @ts-ignore
export const number: number = 'text';
