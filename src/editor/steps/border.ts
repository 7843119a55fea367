import { type Step, toPixels } from '../step.ts';
import { pixels } from './pad.ts';

/** Of the short side. */
const shares = { slight: 0.01, plain: 0.025, strong: 0.06 };
const black = '#000000';

const length = '{pixels}|{share}';
const noun = '(border|borders|frame|frames)';
const before = `(${length}) [wide|thick]|{thickness}|{colour} [coloured|colour]`;
const after = [
  `[of|with] [width|thickness] [of] (${length}|{number}) [wide|thick]`,
  '[in|of|with] [colour] [of] {colour} [colour]',
  '[only] [on|at|along] {sides} [only]',
].join('|');

export const border: Step = {
  name: 'border',
  does: 'Adds a border around the picture or on some of its sides, black where no colour is named.',
  phrases: {
    [`(add|put|draw|with|give|giving|apply) <${before}> ${noun} <${after}>`]: {},
    // Not "make the border red": that is one which is there.
    [`{fresh} <${before}> ${noun} <${after}>`]: {},
    [`(frame|surround|outline) with <${before}> ${noun} <${after}>`]: {},
  },
  examples: [
    { say: 'add a white border of 10 px', gives: [pixels(10, '#ffffff')] },
    { say: 'put a 2 px red frame around it', gives: [pixels(2, '#ff0000')] },
    { say: 'add a thin border', gives: [pixels(4, black)] },
    { say: 'with a border of 5% in #336699', gives: [pixels(20, '#336699')] },
    {
      say: 'frame it with a thick border at the top and bottom',
      gives: [pixels(24, black, ['top', 'bottom'])],
    },
    { say: 'border', gives: [pixels(10, black)] },
  ],
  toOperations(order, canvas) {
    const length = toPixels(canvas, order, shares[order.thickness ?? 'plain']);
    return [pixels(length, order.colour ?? black, order.sides)];
  },
};
