import { readNumber } from './numbers.ts';
import { readPixels } from './quantities.ts';
import { createTableReader, type Reader, withWords, wordAt } from './reader.ts';
import type { PixelSize } from './said.ts';
import type { Size } from './size.ts';

/** `300` or `300 px`: a whole number. */
export const readSide: Reader<number> = (tokens, at) => {
  const side = readPixels(tokens, at) ?? readNumber(tokens, at);
  return side && Number.isInteger(side.value) && side.value > 0 ? side : undefined;
};

/** `800x600`, `800 px by 600 px`. */
export const readSize: Reader<PixelSize> = (tokens, at) => {
  const width = readSide(tokens, at);
  if (!width || !['x', 'by'].includes(wordAt(tokens, width.next))) return undefined;
  const height = readSide(tokens, width.next + 1);
  if (!height) return undefined;
  const inPixels = wordAt(tokens, height.next - 1).startsWith('p');
  return { value: { width: width.value, height: height.value, inPixels }, next: height.next };
};

/** `16:9`, `2.39:1`, `16/9`; but `1/2` is a half, and `1,778` no thousands here. */
export const readRatio: Reader<Size> = (tokens, at) => {
  const width = readNumber(tokens, at);
  const mark = width && wordAt(tokens, width.next);
  if (!width || (mark !== ':' && mark !== '/')) return undefined;
  const height = readNumber(tokens, width.next + 1);
  if (!height || width.value === 0 || height.value === 0) return undefined;
  if (mark === '/' && width.value === 1 && height.value > 1) return undefined;
  if (tokens.slice(at, height.next).some(({ text }) => /,\d{3}$/v.test(text))) return undefined;
  return { value: { width: width.value, height: height.value }, next: height.next };
};

const readShapeName = createTableReader({
  square: { width: 1, height: 1 },
  portrait: { width: 2, height: 3 },
  landscape: { width: 3, height: 2 },
  widescreen: { width: 16, height: 9 },
});

const formatWords = ['format', 'orientation', 'shape', 'mode', 'ratio', 'crop', 'aspect'];
const pictures = ['portrait', 'landscape'];

/** `square`, as the ratio it is; but `my portrait` is a picture, and only `the portrait format` a shape. */
export const readShape: Reader<Size> = withWords(
  (tokens, at) => {
    const shape = readShapeName(tokens, at);
    const isPointedAt = /(?:^|\s)(?:my|our|this|that|the)$/v.test(tokens[at]?.filler ?? '');
    const isPicture = isPointedAt && pictures.includes(wordAt(tokens, at));
    return shape && isPicture && !formatWords.includes(wordAt(tokens, shape.next)) ? undefined : shape;
  },
  ...(readShapeName.words ?? []),
  ...formatWords,
);
