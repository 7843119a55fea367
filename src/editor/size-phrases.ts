import { refuse } from './refusal.ts';
import type { PixelSize } from './said.ts';
import { type Size, showSize } from './size.ts';
import { type Order, toWholePixels } from './step.ts';

const wide = '({width} (wide|in width|width)|width [of|to] {width})';
const high = '({height} (high|tall|in height|height)|height [of|to] {height})';

/** `800 px wide`, `a height of 600`, or both. */
export const dimensions = `(${wide} [[and|by] ${high}]|${high} [[and|by] ${wide}])`;

/** Below this, `16x9` is more likely a shape than a size: it is asked back. */
const smallestPlainSide = 50;

/** The sides that were said, in pixels; one length stands for both. @throws RetouchError instruction_not_understood */
export function toBox(order: Order): Partial<Size> {
  if (order.size) return toCheckedSize(order.size, order);
  if (order.pixels !== undefined) {
    const side = toWholePixels(order.pixels, order.words);
    return { width: side, height: side };
  }
  return { ...(order.width && { width: order.width }), ...(order.height && { height: order.height }) };
}

/** @throws RetouchError instruction_not_understood, for what may be meant as a shape, or is no square */
export function toCheckedSize(size: PixelSize, { words, square }: Order): Size {
  const { width, height, inPixels } = size;
  if (square && width !== height) throw refuse(words, `${showSize(size)} is no square.`);
  if (inPixels || Math.max(width, height) >= smallestPlainSide) return { width, height };
  throw refuse(words, `say ${width}:${height} for the shape, or ${showSize(size)} px for the size.`);
}
