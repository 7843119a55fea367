import { createLevel } from '../level.ts';
import { refuse } from '../refusal.ts';
import { round } from '../step.ts';

const sigma = 1;

export const sharpness = createLevel({
  name: 'sharpness',
  does: 'Sharpens the edges.',
  up: { comparatives: 'sharper|crisper', adjectives: 'sharp|crisp', verbs: 'sharpen|sharpen up' },
  down: { faults: 'blurry|blurred|unsharp|soft' },
  shares: { slight: 0.4, plain: 1, strong: 2 },
  maxFactor: 5,
  examples: [
    { say: 'sharpen it', gives: [{ op: 'sharpen', sigma, amount: 1 }] },
    { say: 'make it a little sharper', gives: [{ op: 'sharpen', sigma, amount: 0.4 }] },
    { say: 'sharpen by 50%', gives: [{ op: 'sharpen', sigma, amount: 0.5 }] },
    { say: 'increase the sharpness a lot', gives: [{ op: 'sharpen', sigma, amount: 2 }] },
  ],
  toOperations(factor, _canvas, words) {
    if (factor < 1) throw refuse(words, 'sharpness can only be raised; ask for a blur instead.');
    return [{ op: 'sharpen', sigma, amount: round(factor - 1) }];
  },
});
