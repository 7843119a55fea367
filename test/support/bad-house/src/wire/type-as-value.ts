// biome: lint/style/useImportType
// tsc: TS1484
import { Shape } from './shape.ts';

export const shape: Shape = { side: 1 };
