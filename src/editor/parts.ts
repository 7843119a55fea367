import type { Anchor, Operation } from '../images/index.ts';
import { refuse } from './refusal.ts';
import type { Side } from './said.ts';
import { showSize } from './size.ts';
import { type Canvas, type Order, toWholePixels } from './step.ts';

const isAcross = (side: Side): boolean => side === 'left' || side === 'right';

/** Keeps a part: of the width on a side, of the height at the top or bottom, or of both in the middle. */
export function keepPart({ sides = [], fraction = 1, words }: Order, { width, height }: Canvas): Operation {
  const [side, second] = sides;
  if (second !== undefined) throw refuse(words, 'one side at a time can be kept: "crop the left half".');
  const [across, down] = side === undefined ? [true, true] : [isAcross(side), !isAcross(side)];
  return {
    op: 'crop-to-size',
    width: Math.max(1, Math.round(across ? width * fraction : width)),
    height: Math.max(1, Math.round(down ? height * fraction : height)),
    anchor: side ?? 'center',
  };
}

/** Takes a length off each of the sides; a share is one of the width on the left and right, of the height else. */
export function takeOff({ sides = [], pixels, share = 0, words }: Order, canvas: Canvas): Operation {
  const [left, right] = [sides.includes('left'), sides.includes('right')];
  const [top, bottom] = [sides.includes('top'), sides.includes('bottom')];
  const said = pixels === undefined ? undefined : toWholePixels(pixels, words);
  const toRest = (length: number, count: number): number =>
    length - count * (said ?? Math.round(length * share));
  const width = toRest(canvas.width, Number(left) + Number(right));
  const height = toRest(canvas.height, Number(top) + Number(bottom));
  if (width === canvas.width && height === canvas.height) {
    throw refuse(words, 'that would change nothing; a length is 1 px or more.');
  }
  if (width < 1 || height < 1)
    throw refuse(words, `the picture is then ${showSize(canvas)} px, and nothing of it would be left.`);
  return { op: 'crop-to-size', width, height, anchor: toAnchor(left, right, top, bottom) };
}

/** What stays is drawn to the sides that nothing is taken off. */
function toAnchor(left: boolean, right: boolean, top: boolean, bottom: boolean): Anchor {
  const across = left === right ? '' : left ? 'right' : 'left';
  const down = top === bottom ? '' : top ? 'bottom' : 'top';
  const names = [down, across].filter((name) => name !== '').join('-');
  return names === '' ? 'center' : (names as Anchor);
}
