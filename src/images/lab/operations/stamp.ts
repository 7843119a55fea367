import type { Rgba } from '../colour.ts';
import type { Coverage } from '../decode.ts';
import { findMissingCharacters, fonts } from '../font.ts';
import { fill, paint } from '../paint.ts';
import type { Size } from '../result-size.ts';
import { setText, type TextStyle, toPlainText } from '../text.ts';
import type { Operator } from './operator.ts';

const band: Rgba = { r: 12, g: 14, b: 20, alpha: 1 };
const bandOpacity = 0.72;
const titleColour: Rgba = { r: 255, g: 210, b: 74, alpha: 1 };
const textColour: Rgba = { r: 255, g: 255, b: 255, alpha: 1 };
/** Of the picture's height, at most. */
const bandFraction = 0.4;
const maxCharacters = 400;

export const stamp: Operator<'stamp'> = async (raster, { title, text }) => {
  const titlePx = Math.max(7, Math.min(96, Math.min(raster.width, raster.height) * 0.055));
  const margin = Math.round(titlePx * 0.6);
  const width = Math.max(1, raster.width - 2 * margin);
  const head = await cut(
    title,
    { font: fonts.bold, sizePx: titlePx, align: 'left' },
    { width, height: titlePx * 1.5 },
  );
  const room = raster.height * bandFraction - head.height - 3 * margin;
  const body = await cut(
    text,
    { font: fonts.regular, sizePx: titlePx * 0.7, align: 'left' },
    { width, height: room },
  );
  const height = head.height + body.height + (body.height > 0 ? 3 : 2) * margin;
  const top = raster.height - height;
  fill(raster, { left: 0, top, width: raster.width, height }, band, bandOpacity);
  paint(raster, head, { left: margin, top: top + margin }, titleColour);
  paint(raster, body, { left: margin, top: top + head.height + 2 * margin }, textColour);
  return raster;
};

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
