import { createLevel } from '../level.ts';

export const brightness = createLevel({
  name: 'brightness',
  does: 'Makes the picture brighter or darker.',
  up: {
    comparatives: 'brighter|lighter',
    adjectives: 'bright',
    verbs: 'brighten|brighten up|lighten|lighten up',
  },
  down: { comparatives: 'darker|dimmer', adjectives: 'dark', verbs: 'darken|dim' },
  shares: { slight: 0.1, plain: 0.25, strong: 0.5 },
  maxFactor: 5,
  examples: [
    { say: 'make it 20% brighter', gives: [{ op: 'modulate', brightness: 1.2 }] },
    { say: 'increase the brightness by 20%', gives: [{ op: 'modulate', brightness: 1.2 }] },
    { say: 'a little darker', gives: [{ op: 'modulate', brightness: 0.9 }] },
    { say: 'brightness +15', gives: [{ op: 'modulate', brightness: 1.15 }] },
    { say: 'make the picture twice as bright', gives: [{ op: 'modulate', brightness: 2 }] },
    { say: 'turn down the brightness to 50 percent', gives: [{ op: 'modulate', brightness: 0.5 }] },
    { say: 'Brighten it up a lot', gives: [{ op: 'modulate', brightness: 1.5 }] },
    { say: 'make it less bright', gives: [{ op: 'modulate', brightness: 0.75 }] },
  ],
  toOperations: (factor) => [{ op: 'modulate', brightness: factor }],
});
