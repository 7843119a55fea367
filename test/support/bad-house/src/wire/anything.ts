// biome: lint/suspicious/noExplicitAny
export const anything = (value: any): string => value.name;
