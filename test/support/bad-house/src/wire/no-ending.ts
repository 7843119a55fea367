// biome: lint/correctness/useImportExtensions
// tsc: TS2835
export type { Shape } from './shape';
