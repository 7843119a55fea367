// biome: lint/style/useFilenamingConvention
export const name = 'BadName';
