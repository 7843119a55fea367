import type { Anchor } from '../recipe.ts';
import type { Size } from './result-size.ts';

/** How far along the free space an anchor lies, from left to right and from top to bottom. */
const fractions: Readonly<Record<Anchor, readonly [number, number]>> = {
  center: [0.5, 0.5],
  top: [0.5, 0],
  bottom: [0.5, 1],
  left: [0, 0.5],
  right: [1, 0.5],
  'top-left': [0, 0],
  'top-right': [1, 0],
  'bottom-left': [0, 1],
  'bottom-right': [1, 1],
};

/** Where the smaller thing lies in the larger when it is drawn to the anchor. */
export function toPosition(anchor: Anchor, outer: Size, inner: Size): { left: number; top: number } {
  const [across, down] = fractions[anchor];
  return {
    left: Math.round((outer.width - inner.width) * across),
    top: Math.round((outer.height - inner.height) * down),
  };
}
