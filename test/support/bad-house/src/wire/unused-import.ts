// biome: lint/correctness/noUnusedImports
import { inner } from './inner.ts';
import type { Shape } from './shape.ts';

export const shape: Shape = { side: 1 };
