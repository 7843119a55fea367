import { keepPart, takeOff } from '../parts.ts';
import { refuse } from '../refusal.ts';
import { type Size, showSize } from '../size.ts';
import { dimensions, toBox } from '../size-phrases.ts';
import type { Canvas, Order, Phrases, Step } from '../step.ts';

const verb = '(crop|cut|trim)';
const place = '(from|at|on|in|to|around|keep|keeping) {anchor} [corner|part|edge]|centred';
const ratioWord = '(aspect ratio|ratio|format|shape|aspect)';
const format = `({ratio}|{shape}) [${ratioWord}]`;
const length = '({pixels}|{share})';

const toShape: Phrases = {
  [`${verb} [to|into|in] [aspect ratio|ratio] [of] ${format} <${place}>`]: {},
  [`${verb} [to|into] {anchor} ${format}`]: {},
  [`({ratio}|{shape}) crop <${place}>`]: {},
  '(make|making|turn into) {ratio}': {},
  // Not every shape: "turn it into a landscape" asks for something else, and so does "make a portrait".
  '(make|making|turn into) square': { ratio: { width: 1, height: 1 } },
  '(make|making) {object} portrait [format|orientation]': { shape: { width: 2, height: 3 } },
  '(make|making) {object} landscape [format|orientation]': { shape: { width: 3, height: 2 } },
  '(make|making) {object} widescreen [format]': { ratio: { width: 16, height: 9 } },
  '[set|change|use|with] (aspect ratio|ratio) [to|of] ({ratio}|{shape})': {},
  '{ratio} (aspect ratio|ratio)': {},
};

const toSize: Phrases = {
  [`${verb} [to|into] [size] [of] {size} <${place}>`]: {},
  [`${verb} [to|into] {size} square <${place}>`]: { square: true },
  [`${verb} [to|into] {anchor} {size}`]: {},
  [`${verb} [to|into] ${dimensions} <${place}>`]: {},
  [`${verb} [to|into] {pixels} square <${place}>`]: {},
};

// Not "cut the left half": that takes it away.
const toPart: Phrases = {
  'crop [to|in on] {sides} {fraction}': {},
  // Nor "crop out the middle".
  'crop [to|in on] (centre|middle) [part|area]': { anchor: 'center', fraction: 1 / 2 },
  [`${verb} [off|away] [by] ${length} (from|off|of|on|at) {sides}`]: { removes: true },
  [`${verb} (off|away) {sides} [by] ${length}`]: { removes: true },
  [`trim {sides} by ${length}`]: { removes: true },
};

export const crop: Step = {
  name: 'crop',
  does: 'Cuts the picture to a shape (16:9, square, portrait 2:3, landscape 3:2), to a size in pixels or to a part, or cuts something off its sides.',
  phrases: {
    ...toShape,
    ...toSize,
    ...toPart,
    [verb]: { asks: 'say to what: "crop to 16:9", "crop to 300x200 px", "crop the left half"' },
    [`${verb} [to|from] {anchor} [side|part|edge] [${length}]`]: {
      asks: 'say how much of it is to stay: "crop the left half", "crop to 300x200 px from the top"',
    },
  },
  examples: [
    { say: 'crop it to 16:9', gives: [{ op: 'crop-to-ratio', width: 16, height: 9, anchor: 'center' }] },
    { say: 'crop to a square', gives: [{ op: 'crop-to-ratio', width: 1, height: 1, anchor: 'center' }] },
    {
      say: 'crop to a portrait format from the top',
      gives: [{ op: 'crop-to-ratio', width: 2, height: 3, anchor: 'top' }],
    },
    {
      say: 'crop 10% from each side',
      gives: [{ op: 'crop-to-size', width: 480, height: 320, anchor: 'center' }],
    },
    { say: 'make it square', gives: [{ op: 'crop-to-ratio', width: 1, height: 1, anchor: 'center' }] },
    {
      say: 'crop to 300x200 from the top left corner',
      gives: [{ op: 'crop-to-size', width: 300, height: 200, anchor: 'top-left' }],
    },
    { say: 'crop the left half', gives: [{ op: 'crop-to-size', width: 300, height: 400, anchor: 'left' }] },
    { say: 'crop the centre', gives: [{ op: 'crop-to-size', width: 300, height: 200, anchor: 'center' }] },
  ],
  toOperations(order, canvas) {
    const { shape, ratio = shape, removes, fraction, anchor = 'center' } = order;
    if (ratio) return [{ op: 'crop-to-ratio', ...toUnlike(ratio, order, canvas), anchor }];
    if (removes) return [takeOff(order, canvas)];
    if (fraction !== undefined) return [keepPart(order, canvas)];
    return [{ op: 'crop-to-size', ...toHeldBox(order, canvas), anchor }];
  },
};

/** Of a picture that is portrait already, "make it portrait" asks nothing. */
function toUnlike(ratio: Size, { object, shape, words }: Order, canvas: Canvas): Size {
  const isAlready = (canvas.width - canvas.height) * (ratio.width - ratio.height) > 0;
  if (!object || !shape || !isAlready) return ratio;
  const wish = `crop to ${ratio.width}:${ratio.height}`;
  throw refuse(words, `the picture is ${showSize(canvas)} px and so already; say "${wish}".`);
}

/** @throws RetouchError instruction_not_understood, for a box that the picture does not hold */
function toHeldBox(order: Order, canvas: Canvas): Size {
  const { width = canvas.width, height = canvas.height } = toBox(order);
  if (width <= canvas.width && height <= canvas.height) return { width, height };
  throw refuse(order.words, `the picture is then ${showSize(canvas)} px and holds no such box.`);
}
