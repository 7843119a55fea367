import { refuse } from '../refusal.ts';
import type { Step } from '../step.ts';

const verb = '(crop|cut|trim)';
const place = '(from|at|on|in|to|around|keep|keeping) {anchor} [corner|part|edge]|centred';
const format = '({ratio}|{shape}) [aspect ratio|ratio|format|shape|aspect]';

/** Below this, `16x9` is more likely a shape than a size: it is asked back. */
const smallestPlainSide = 50;

export const crop: Step = {
  name: 'crop',
  does: 'Cuts the picture to a shape (16:9, square, portrait 2:3, landscape 3:2) or to a size in pixels.',
  phrases: {
    [`${verb} [to|into|in] [aspect ratio|ratio] [of] ${format} <${place}>`]: {},
    [`${verb} [to|into] {anchor} ${format}`]: {},
    [`({ratio}|{shape}) crop <${place}>`]: {},
    '(make|turn into) {ratio}': {},
    // Not every shape: "turn it into a landscape" asks for something else.
    '(make|turn into) square': { ratio: { width: 1, height: 1 } },
    [`${verb} [to|into] [size] [of] {size} <${place}>`]: {},
    [`${verb} [to|into] {anchor} {size}`]: {},
  },
  examples: [
    { say: 'crop it to 16:9', gives: [{ op: 'crop-to-ratio', width: 16, height: 9, anchor: 'center' }] },
    { say: 'crop to a square', gives: [{ op: 'crop-to-ratio', width: 1, height: 1, anchor: 'center' }] },
    {
      say: 'crop to a portrait format from the top',
      gives: [{ op: 'crop-to-ratio', width: 2, height: 3, anchor: 'top' }],
    },
    { say: 'make it square', gives: [{ op: 'crop-to-ratio', width: 1, height: 1, anchor: 'center' }] },
    {
      say: 'crop to 300x200 from the top left corner',
      gives: [{ op: 'crop-to-size', width: 300, height: 200, anchor: 'top-left' }],
    },
  ],
  toOperations({ shape, ratio = shape, size, anchor: where = 'center', words }, canvas) {
    if (ratio) return [{ op: 'crop-to-ratio', ...ratio, anchor: where }];
    const { width = 0, height = 0, inPixels } = size ?? {};
    if (!inPixels && Math.max(width, height) < smallestPlainSide) {
      throw refuse(words, `say ${width}:${height} for the shape, or ${width}x${height} px for the size.`);
    }
    if (width > canvas.width || height > canvas.height) {
      throw refuse(words, `the picture is then ${canvas.width}x${canvas.height} px and holds no such box.`);
    }
    return [{ op: 'crop-to-size', width, height, anchor: where }];
  },
};
