import type { Step } from '../step.ts';

const names =
  '(black and white|black white|b and w|b / w|bw|greyscale|grey scale|monochrome|grey|shades of grey) [filter|effect|tones]';
const turn = '(convert|turn|change|transform|switch|set)';

export const blackAndWhite: Step = {
  name: 'black and white',
  does: 'Takes the colours out.',
  phrases: {
    [`[${turn} [in] [to|into|in]|in|into|to] ${names}`]: {},
    // In "desaturate and darken by 20%" it may be meant of a part of the colour.
    desaturate: { form: 'verb' },
    '(completely|fully|totally) desaturate': {},
    'desaturate (completely|fully|totally)': {},
    '(remove|drop|take out|strip) [all] (colour|colours)': {},
  },
  examples: [
    { say: 'turn it into black and white', gives: [{ op: 'grayscale' }] },
    { say: 'Convert the image to grayscale.', gives: [{ op: 'grayscale' }] },
    { say: 'B&W', gives: [{ op: 'grayscale' }] },
    { say: 'make the photo black-and-white, please', gives: [{ op: 'grayscale' }] },
    { say: 'desaturate', gives: [{ op: 'grayscale' }] },
    { say: 'remove all color from the picture', gives: [{ op: 'grayscale' }] },
  ],
  settles: () => ({ saturation: -1 }),
  covers: ['sepia'],
  toOperations: () => [{ op: 'grayscale' }],
};
