import { refuse } from './refusal.ts';
import type { PixelSize } from './said.ts';
import type { Order } from './step.ts';

const wide = '({width} (wide|in width|width)|width [of|to] {width})';
const high = '({height} (high|tall|in height|height)|height [of|to] {height})';

/** `800 px wide`, `a height of 600`, or both. */
export const sides = `(${wide} [[and|by] ${high}]|${high} [[and|by] ${wide}])`;

/** Below this, `16x9` is more likely a shape than a size: it is asked back. */
const smallestPlainSide = 50;

/** A size in pixels. @throws RetouchError instruction_not_understood, where it may be meant as a shape */
export function toCheckedSize({ width, height, inPixels }: PixelSize, words: Order['words']): PixelSize {
  if (inPixels || Math.max(width, height) >= smallestPlainSide) return { width, height, inPixels };
  throw refuse(words, `say ${width}:${height} for the shape, or ${width}x${height} px for the size.`);
}
