import type { Step } from '../step.ts';

export const invert: Step = {
  name: 'invert',
  does: 'Turns every colour into its opposite, like a negative.',
  phrases: {
    'invert [colours|colour]': {},
    '(inverted|inverse|negative|reversed) (colours|colour)': {},
    '(reverse|negate) (colours|colour)': {},
    '[(convert|turn|change) [to|into]|in|into|to] negative': {},
  },
  examples: [
    { say: 'invert the colours', gives: [{ op: 'invert' }] },
    { say: 'Invert', gives: [{ op: 'invert' }] },
    { say: 'turn the photo into a negative', gives: [{ op: 'invert' }] },
  ],
  toOperations: () => [{ op: 'invert' }],
};
