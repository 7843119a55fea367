import { createLevel } from '../level.ts';
import { byAmount } from '../level-phrases.ts';
import type { Step } from '../step.ts';

const adjectives = 'saturated|vivid|vibrant|colourful';

const level = createLevel({
  name: 'saturation',
  does: 'Makes the colours stronger or paler.',
  up: { adjectives, verbs: 'saturate' },
  down: { adjectives: 'muted|pale|dull|washed out' },
  shares: { slight: 0.15, plain: 0.3, strong: 0.6 },
  maxFactor: 5,
  examples: [
    { say: 'make the colours more vivid', gives: [{ op: 'modulate', saturation: 1.3 }] },
    { say: 'reduce the saturation by half', gives: [{ op: 'modulate', saturation: 0.5 }] },
    { say: 'desaturate slightly', gives: [{ op: 'modulate', saturation: 0.85 }] },
    { say: 'less saturated', gives: [{ op: 'modulate', saturation: 0.7 }] },
    { say: 'boost the color a lot', gives: [{ op: 'modulate', saturation: 1.6 }] },
    { say: 'saturation +40', gives: [{ op: 'modulate', saturation: 1.4 }] },
  ],
  toOperations: (factor) => [{ op: 'modulate', saturation: factor }],
});

export const saturation: Step = {
  ...level,
  phrases: {
    ...level.phrases,
    // Alone, "desaturate" takes all colour out: that is another step.
    [`desaturate (${byAmount})`]: { sign: -1, form: 'verb' },
    '({strength}|{share}) desaturate': { sign: -1, form: 'verb' },
    // Of this level alone it is clear what 0 means.
    '[set|adjust|change|bring|put|reduce|lower|turn down] saturation to {nothing}': { target: 0 },
    '{nothing} saturation': { target: 0 },
  },
};
