import { type Step, toPixels } from '../step.ts';

/** Of the short side. */
const shares = { slight: 0.04, plain: 0.08, strong: 0.2 };

/** Or nothing. In any order, so that a comma may come before it. */
const length = '<[of|by|with] [radius] [of|by] ({pixels}|{share}|{number}) [radius]>';

export const roundedCorners: Step = {
  name: 'rounded corners',
  does: 'Rounds the corners off; outside them the picture is transparent, or white.',
  phrases: {
    [`[add|with] [{strength}|{pixels}|{share}] (rounded|round) [off] corners (${length}|[by] {strength})`]:
      {},
    [`corners [{strength}] (rounded|round) ${length}`]: {},
    [`[{strength}] (round|round off) corners ${length}`]: {},
    '(corner|border) radius [of] ({pixels}|{share}|{number})': {},
  },
  examples: [
    { say: 'rounded corners', gives: [{ op: 'round-corners', radius: 32 }] },
    { say: 'round the corners by 20 px', gives: [{ op: 'round-corners', radius: 20 }] },
    { say: 'add slightly rounded corners', gives: [{ op: 'round-corners', radius: 16 }] },
    { say: 'rounded corners with a radius of 10%', gives: [{ op: 'round-corners', radius: 40 }] },
    { say: 'make the corners very round', gives: [{ op: 'round-corners', radius: 80 }] },
  ],
  toOperations(order, canvas) {
    return [{ op: 'round-corners', radius: toPixels(canvas, order, shares[order.strength ?? 'plain']) }];
  },
};
