import { createLevel } from '../level.ts';
import { round } from '../step.ts';

/** How far red and blue move at 100 %. */
const reach = 0.4;

export const warmth = createLevel({
  name: 'warmth',
  does: 'Makes the picture warmer (towards orange) or cooler (towards blue).',
  up: { comparatives: 'warmer', adjectives: 'warm', verbs: 'warm|warm up' },
  down: { comparatives: 'cooler|colder', adjectives: 'cool|cold', verbs: 'cool|cool down|cool off' },
  shares: { slight: 0.15, plain: 0.3, strong: 0.7 },
  maxFactor: 2,
  examples: [
    { say: 'make it warmer', gives: [{ op: 'matrix', matrix: [1.12, 0, 0, 0, 1, 0, 0, 0, 0.88] }] },
    { say: 'a bit cooler', gives: [{ op: 'matrix', matrix: [0.94, 0, 0, 0, 1, 0, 0, 0, 1.06] }] },
    { say: 'warm it up by 50%', gives: [{ op: 'matrix', matrix: [1.2, 0, 0, 0, 1, 0, 0, 0, 0.8] }] },
    {
      say: 'lower the color temperature',
      gives: [{ op: 'matrix', matrix: [0.88, 0, 0, 0, 1, 0, 0, 0, 1.12] }],
    },
  ],
  toOperations(factor) {
    const shift = round((factor - 1) * reach, 4);
    return [{ op: 'matrix', matrix: [round(1 + shift, 4), 0, 0, 0, 1, 0, 0, 0, round(1 - shift, 4)] }];
  },
});
