import { type Step, toPixels } from '../step.ts';

/** Of the short side. */
const shares = { slight: 0.01, plain: 0.025, strong: 0.06 };
const black = '#000000';

const length = '{pixels}|{share}';

export const border: Step = {
  name: 'border',
  does: 'Adds a border around the picture, black where no colour is named.',
  phrases: {
    [`[add|put|draw|with] <(${length}) [wide|thick]|{strength}|{colour}> (border|frame) <[of|with] [width] [of] (${length}) [wide|thick]|[in|of] [colour] {colour}>`]:
      {},
  },
  examples: [
    { say: 'add a white border of 10 px', gives: [all(10, '#ffffff')] },
    { say: 'put a 2 px red frame around it', gives: [all(2, '#ff0000')] },
    { say: 'add a thin border', gives: [all(4, black)] },
    { say: 'with a border of 5% in #336699', gives: [all(20, '#336699')] },
    { say: 'border', gives: [all(10, black)] },
  ],
  toOperations(order, canvas) {
    const length = toPixels(canvas, order, shares[order.strength ?? 'plain']);
    return [all(length, order.colour ?? black)];
  },
};

function all(length: number, colour: string) {
  return { op: 'pad', top: length, right: length, bottom: length, left: length, colour } as const;
}
