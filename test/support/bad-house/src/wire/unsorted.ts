// biome: assist/source/organizeImports
import type { Shape } from './shape.ts';
import { inner } from './inner.ts';

export const shape: Shape = { side: inner };
