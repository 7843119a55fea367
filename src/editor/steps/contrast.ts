import { createLevel } from '../level.ts';

export const contrast = createLevel({
  name: 'contrast',
  does: 'Widens or narrows the distance between dark and light.',
  up: { comparatives: 'contrastier', adjectives: 'contrasty' },
  down: {},
  shares: { slight: 0.1, plain: 0.25, strong: 0.5 },
  maxFactor: 5,
  examples: [
    { say: 'more contrast', gives: [{ op: 'contrast', factor: 1.25 }] },
    { say: 'slightly less contrast', gives: [{ op: 'contrast', factor: 0.9 }] },
    { say: 'raise the contrast by 30 %', gives: [{ op: 'contrast', factor: 1.3 }] },
    { say: 'add some contrast', gives: [{ op: 'contrast', factor: 1.25 }] },
    { say: 'contrast -20%', gives: [{ op: 'contrast', factor: 0.8 }] },
    { say: 'halve the contrast', gives: [{ op: 'contrast', factor: 0.5 }] },
  ],
  toOperations: (factor) => [{ op: 'contrast', factor }],
});
