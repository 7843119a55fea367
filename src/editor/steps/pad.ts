import type { Side } from '../said.ts';
import { type Step, toPixels } from '../step.ts';

/** Of the short side. */
const usualShare = 0.05;

const length = '{pixels}|{share}';
const verb = '(pad|extend canvas|expand canvas)';
const details = [
  `[by|with|of] (${length})`,
  '[with|in|of] {colour} [background]',
  '[on|at|to] {side}',
  '[on|to|at] (all|each|every|both) (side|sides)',
].join('|');

export const pad: Step = {
  name: 'pad',
  does: 'Adds room around the picture: by a length, on one side, or up to a shape.',
  phrases: {
    [`${verb} <${details}>`]: {},
    [`${verb} <to ({ratio}|{shape}) [aspect ratio|ratio|format|shape]|[with|in] {colour} [background]>`]: {},
    [`[add] <(${length}) [of]|{colour}> (padding|margin|margins|space) <${details}>`]: {},
  },
  examples: [
    { say: 'pad by 20 px with white', gives: [pixels(20, '#ffffff')] },
    { say: 'pad to a square', gives: [{ op: 'pad-to-ratio', width: 1, height: 1, colour: 'transparent' }] },
    {
      say: 'pad it to 16:9 with a black background',
      gives: [{ op: 'pad-to-ratio', width: 16, height: 9, colour: '#000000' }],
    },
    { say: 'add 10% padding in light blue', gives: [pixels(40, '#add8e6')] },
    {
      say: 'add 50 px of white space at the bottom',
      gives: [{ op: 'pad', top: 0, right: 0, bottom: 50, left: 0, colour: '#ffffff' }],
    },
  ],
  toOperations(order, canvas) {
    const { shape, ratio = shape, side, colour = canvas.background } = order;
    if (ratio) return [{ op: 'pad-to-ratio', ...ratio, colour }];
    return [pixels(toPixels(canvas, order, usualShare), colour, side)];
  },
};

function pixels(length: number, colour: string, only?: Side) {
  const on = (side: Side): number => (only === undefined || only === side ? length : 0);
  return {
    op: 'pad',
    top: on('top'),
    right: on('right'),
    bottom: on('bottom'),
    left: on('left'),
    colour,
  } as const;
}
