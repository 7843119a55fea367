import type { Step } from '../step.ts';

const verb = '(flip|mirror|reflect|flipped|mirrored)';
const along = '(along|around|about|across|over|on)';
const across = '(horizontally|horizontal|left to right|left [/] right|right to left|sideways)';
const down = '(vertically|vertical|top to bottom|bottom to top|upside down|up [/] down)';

const horizontal = { axis: 'horizontal', carries: 'flip' } as const;
const vertical = { axis: 'vertical', carries: 'flip' } as const;

export const flip: Step = {
  name: 'flip',
  does: 'Mirrors the picture left to right, or top to bottom.',
  phrases: {
    '(mirror|mirrored)': { axis: 'horizontal' },
    [`${verb} ${across}`]: horizontal,
    [`${verb} ${down}`]: vertical,
    // Around the horizontal axis, top and bottom change places.
    [`${verb} ${along} horizontal axis`]: vertical,
    [`${verb} ${along} vertical axis`]: horizontal,
    '(horizontal|horizontally) (flip|mirror)': horizontal,
    '(vertical|vertically) (flip|mirror)': vertical,
    [across]: { ...horizontal, after: 'flip' },
    [down]: { ...vertical, after: 'flip' },
    '(flip|flipped|reflect)': { asks: 'say which way: "flip horizontally" or "flip vertically"' },
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
