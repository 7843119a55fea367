import { toDirection } from '../level.ts';
import type { LevelName } from '../level-nouns.ts';
import { refinements, toNounPhrases } from '../level-phrases.ts';
import type { Step } from '../step.ts';
import { brightness } from './brightness.ts';
import { contrast } from './contrast.ts';
import { saturation } from './saturation.ts';
import { sharpness } from './sharpness.ts';
import { warmth } from './warmth.ts';

const steps: Readonly<Record<LevelName, Step>> = { brightness, contrast, saturation, warmth, sharpness };

export const levels: Step = {
  name: 'several levels at once',
  does: 'Applies one amount to all of brightness, contrast, saturation, warmth and sharpness that are listed.',
  phrases: { ...toNounPhrases('{levels}'), ...refinements },
  examples: [
    {
      say: 'increase brightness and contrast by 20%',
      gives: [
        { op: 'modulate', brightness: 1.2 },
        { op: 'contrast', factor: 1.2 },
      ],
    },
    {
      say: 'slightly less saturation and contrast',
      gives: [
        { op: 'modulate', saturation: 0.85 },
        { op: 'contrast', factor: 0.9 },
      ],
    },
    {
      say: 'boost brightness, contrast, and saturation by 10 %',
      gives: [
        { op: 'modulate', brightness: 1.1 },
        { op: 'contrast', factor: 1.1 },
        { op: 'modulate', saturation: 1.1 },
      ],
    },
  ],
  settles: (order) => Object.fromEntries((order.levels ?? []).map((name) => [name, toDirection(order)])),
  toOperations: (order, canvas) =>
    (order.levels ?? []).flatMap((name) => steps[name].toOperations(order, canvas)),
};
