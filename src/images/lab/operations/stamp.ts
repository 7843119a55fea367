import type { Rgba } from '../colour.ts';
import type { Coverage } from '../decode.ts';
import { findMissingCharacters, fonts } from '../font.ts';
import { type Box, fill, paint } from '../paint.ts';
import type { Raster } from '../raster.ts';
import type { Size } from '../result-size.ts';
import { setText, type TextStyle, toPlainText } from '../text.ts';
import type { Operator } from './operator.ts';

const band: Rgba = { r: 12, g: 14, b: 20, alpha: 1 };
const bandOpacity = 0.72;
const titleColour: Rgba = { r: 255, g: 210, b: 74, alpha: 1 };
const textColour: Rgba = { r: 255, g: 255, b: 255, alpha: 1 };
/** Of the picture's height, at most. Where a mask opens only a part, that part may be filled. */
const bandFraction = 0.4;
const [minTitlePx, maxTitlePx] = [7, 96];
/** Of the picture's shorter side. */
const titleFraction = 0.055;
/** Of the text's size, at most. */
const lineHeight = 1.5;
const maxCharacters = 400;

export const stamp: Operator<'stamp'> = async (raster, { title, text }, { open }) => {
  const usualPx = Math.max(minTitlePx, Math.min(raster.width, raster.height) * titleFraction);
  const titlePx = Math.min(maxTitlePx, usualPx);
  if (open === undefined) {
    const whole = { left: 0, top: 0, width: raster.width, height: raster.height };
    await stampInto(raster, whole, { title, text, titlePx, maxHeight: raster.height * bandFraction });
    return raster;
  }
  const fittingPx = await fitTitle(title, titlePx, open);
  if (fittingPx === undefined) hatch(raster);
  else await stampInto(raster, open, { title, text, titlePx: fittingPx, maxHeight: open.height });
  return raster;
};

interface Wording {
  title: string;
  text: string;
  titlePx: number;
  /** Of the band. */
  maxHeight: number;
}

/** A band along the foot of the box. */
async function stampInto(raster: Raster, box: Box, { title, text, titlePx, maxHeight }: Wording) {
  const margin = toMargin(titlePx);
  const width = Math.max(1, box.width - 2 * margin);
  const head = await cut(
    title,
    { font: fonts.bold, sizePx: titlePx, align: 'left' },
    { width, height: titlePx * lineHeight },
  );
  const room = maxHeight - head.height - 3 * margin;
  const body = await cut(
    text,
    { font: fonts.regular, sizePx: titlePx * 0.7, align: 'left' },
    { width, height: room },
  );
  const height = head.height + body.height + (body.height > 0 ? 3 : 2) * margin;
  const left = box.left + margin;
  const top = box.top + box.height - height;
  fill(raster, { left: box.left, top, width: box.width, height }, band, bandOpacity);
  paint(raster, head, { left, top: top + margin }, titleColour);
  paint(raster, body, { left, top: top + head.height + 2 * margin }, textColour);
}

const toMargin = (titlePx: number): number => Math.round(titlePx * 0.6);

/** The largest size, `sizePx` at most, in which the whole title lies in the box on one line. */
async function fitTitle(title: string, sizePx: number, box: Size): Promise<number | undefined> {
  for (let px = sizePx; px >= minTitlePx; px *= 0.85) {
    const margin = toMargin(px);
    const style: TextStyle = { font: fonts.bold, sizePx: px, align: 'left' };
    const room = {
      width: box.width - 2 * margin,
      height: Math.min(px * lineHeight, box.height - 2 * margin),
    };
    const { width, height } = await setText(title, style, room.width);
    if (width <= room.width && height <= room.height) return px;
  }
  return undefined;
}

const stripePx = 4;

/** Stripes of the stamp's two colours: seen on any picture, however little of it is open. */
function hatch(raster: Raster): void {
  for (let y = 0; y < raster.height; y += 1) {
    for (let start = -(y % (2 * stripePx)); start < raster.width; start += 2 * stripePx) {
      fill(raster, { left: start, top: y, width: stripePx, height: 1 }, band, bandOpacity);
      fill(raster, { left: start + stripePx, top: y, width: stripePx, height: 1 }, titleColour, bandOpacity);
    }
  }
}

/** As much of the text as the box holds; what is cut off is shown by an ellipsis. */
async function cut(text: string, style: TextStyle, box: Size): Promise<Coverage> {
  const characters = [...(await toDrawable(text, style))];
  let length = Math.min(characters.length, maxCharacters);
  while (length > 0) {
    const ending = length < characters.length ? '…' : '';
    const coverage = await setText(characters.slice(0, length).join('').trimEnd() + ending, style, box.width);
    if (coverage.height <= box.height) return coverage;
    length = Math.min(length - 1, Math.floor(length * Math.max(0.5, box.height / coverage.height)));
  }
  return { data: new Uint8Array(), width: 0, height: 0 };
}

/** On one line, with a box for what the font cannot draw. */
async function toDrawable(text: string, { font }: TextStyle): Promise<string> {
  const plain = toPlainText(text).replace(/\s+/g, ' ');
  const missing = new Set(await findMissingCharacters(plain, font));
  return [...plain].map((character) => (missing.has(character) ? '□' : character)).join('');
}
