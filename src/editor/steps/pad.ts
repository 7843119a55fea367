import { refuse } from '../refusal.ts';
import type { Side } from '../said.ts';
import { type Size, showSize } from '../size.ts';
import { toCheckedSize } from '../size-phrases.ts';
import { type Canvas, type Order, type Phrases, type Step, toPixels } from '../step.ts';

/** Of the short side. */
const usualShare = 0.05;

const length = '{pixels}|{share}';
const verb = '(pad|extend canvas|expand canvas)';
const colour = '[with|in|of] [colour] {colour} [colour|background]';
const details = [`[by|with|of] (${length})`, colour, '[on|at|to] {sides}'].join('|');
const carries = { carries: 'pad' } as const;

const phrases: Phrases = {
  [`${verb} <${details}>`]: carries,
  [`${verb} [by|with] {number} <${colour}|[on|at|to] {sides}>`]: carries,
  [`${verb} <to ({ratio}|{shape}) [aspect ratio|ratio|format|shape]|${colour}>`]: {},
  [`${verb} <[out] to {size}|${colour}>`]: {},
  [`(add|give|giving|{fresh}) <(${length}) [of]|{colour}> (padding|margin|margins|space) <${details}>`]:
    carries,
  [`([on|at|to] {sides} [by] (${length}|{number})|(${length}) [on|at|to] {sides})`]: {
    ...carries,
    after: 'pad',
  },
};

export const pad: Step = {
  name: 'pad',
  does: 'Adds room around the picture: by a length, on some sides only, or up to a shape or size.',
  phrases,
  examples: [
    { say: 'pad by 20 px with white', gives: [pixels(20, '#ffffff')] },
    { say: 'pad to a square', gives: [{ op: 'pad-to-ratio', width: 1, height: 1, colour: 'transparent' }] },
    {
      say: 'pad it to 16:9 with a black background',
      gives: [{ op: 'pad-to-ratio', width: 16, height: 9, colour: '#000000' }],
    },
    {
      say: 'pad to 800x800',
      gives: [{ op: 'pad-to-size', width: 800, height: 800, colour: 'transparent' }],
    },
    { say: 'add 10% padding in light blue', gives: [pixels(40, '#add8e6')] },
    {
      say: 'add 50 px of white space at the bottom',
      gives: [{ op: 'pad', top: 0, right: 0, bottom: 50, left: 0, colour: '#ffffff' }],
    },
  ],
  toOperations(order, canvas) {
    const { shape, ratio = shape, size, sides, colour = canvas.background } = order;
    if (ratio) return [{ op: 'pad-to-ratio', ...ratio, colour }];
    if (size) return [{ op: 'pad-to-size', ...toLarger(order, canvas), colour }];
    return [pixels(toPixels(canvas, order, usualShare), colour, sides)];
  },
};

/** @throws RetouchError instruction_not_understood, for a size that the picture does not fit into */
function toLarger(order: Order, canvas: Canvas): Size {
  const { size, words } = order;
  const { width, height } = toCheckedSize(size ?? { ...canvas, inPixels: true }, order);
  if (width >= canvas.width && height >= canvas.height) return { width, height };
  throw refuse(
    words,
    `the picture is then ${showSize(canvas)} px and does not fit into that; say "fit within ${showSize({ width, height })}" before.`,
  );
}

/** Room on the sides that are named, or on all. */
export function pixels(length: number, colour: string, sides?: readonly Side[]) {
  const on = (side: Side): number => (sides === undefined || sides.includes(side) ? length : 0);
  return {
    op: 'pad',
    top: on('top'),
    right: on('right'),
    bottom: on('bottom'),
    left: on('left'),
    colour,
  } as const;
}
