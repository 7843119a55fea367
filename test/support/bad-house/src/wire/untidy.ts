// biome: format
export const untidy   =   [1,2]
