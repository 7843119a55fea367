import type { Step } from '../step.ts';

const verb = '(flip|mirror|reflect|flipped|mirrored)';
const along = '(along|around|about|across|over|on)';

export const flip: Step = {
  name: 'flip',
  does: 'Mirrors the picture left to right, or top to bottom.',
  phrases: {
    '(mirror|mirrored)': { axis: 'horizontal' },
    [`${verb} (horizontally|horizontal|left to right|left right|right to left|sideways)`]: {
      axis: 'horizontal',
    },
    [`${verb} (vertically|vertical|top to bottom|bottom to top|upside down)`]: { axis: 'vertical' },
    // Around the horizontal axis, top and bottom change places.
    [`${verb} ${along} horizontal axis`]: { axis: 'vertical' },
    [`${verb} ${along} vertical axis`]: { axis: 'horizontal' },
    '(horizontal|horizontally) (flip|mirror)': { axis: 'horizontal' },
    '(vertical|vertically) (flip|mirror)': { axis: 'vertical' },
  },
  examples: [
    { say: 'flip horizontally', gives: [{ op: 'flip', axis: 'horizontal' }] },
    { say: 'mirror vertically', gives: [{ op: 'flip', axis: 'vertical' }] },
    { say: 'mirror the image', gives: [{ op: 'flip', axis: 'horizontal' }] },
    { say: 'flip it left to right', gives: [{ op: 'flip', axis: 'horizontal' }] },
    { say: 'flip the photo upside down', gives: [{ op: 'flip', axis: 'vertical' }] },
    { say: 'mirror it along the vertical axis', gives: [{ op: 'flip', axis: 'horizontal' }] },
  ],
  toOperations: ({ axis = 'horizontal' }) => [{ op: 'flip', axis }],
};
