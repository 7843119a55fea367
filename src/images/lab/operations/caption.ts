import sharp from 'sharp';
import { RetouchError } from '../../../core/errors.ts';
import type { Anchor } from '../../recipe.ts';
import { toPosition } from '../anchor.ts';
import { type Rgba, readColour, toLuma709 } from '../colour.ts';
import type { Coverage } from '../decode.ts';
import { findMissingCharacters, fonts } from '../font.ts';
import { type Box, paint } from '../paint.ts';
import type { Size } from '../result-size.ts';
import { fitText, minSizePx, type TextStyle, toPlainText } from '../text.ts';
import type { Operator } from './operator.ts';

const maxCharacters = 500;
/** Of the shorter side of what it may fill: space between the text and the edge. */
const marginFraction = 0.04;
/** Of the text's size. */
const haloFraction = 0.08;

export const caption: Operator<'caption'> = async (raster, operation, { open }) => {
  const words = await readWords(operation.text);
  const { anchor } = operation;
  const shorter = Math.min(raster.width, raster.height);
  const style: TextStyle = {
    font: fonts.bold,
    sizePx: Math.max(minSizePx, operation.sizeFraction * shorter),
    align: toAlign(anchor),
  };
  const box = toInner(open ?? { left: 0, top: 0, width: raster.width, height: raster.height });
  const fitted = await fitText(words, style, box);
  if (fitted === undefined) throw tooLong(raster, open);
  const { coverage: letters, sizePx } = fitted;
  const place = toPosition(anchor, box, letters);
  const position = { left: box.left + place.left, top: box.top + place.top };
  const inside = readColour(operation.colour);
  const halo = await toHalo(letters, Math.max(1, sizePx * haloFraction));
  paint(
    raster,
    halo.coverage,
    { left: position.left - halo.width, top: position.top - halo.width },
    toContrast(inside),
  );
  paint(raster, letters, position, inside);
  return raster;
};

/** The box without its margin. */
function toInner({ left, top, width, height }: Box): Box {
  const margin = Math.round(Math.min(width, height) * marginFraction);
  return { left: left + margin, top: top + margin, width: width - 2 * margin, height: height - 2 * margin };
}

async function readWords(text: string): Promise<string> {
  const words = toPlainText(text);
  const missing = await findMissingCharacters(words, fonts.bold);
  if (words !== '' && words.length <= maxCharacters && missing.length === 0) return words;
  const fault =
    missing.length > 0
      ? `has characters that the built-in font cannot draw: ${missing.slice(0, 20).join(' ')}`
      : `has ${words.length} characters; expected 1 to ${maxCharacters}`;
  throw new RetouchError('invalid_value', `The caption ${fault}.`, { param: 'prompt' });
}

function tooLong(picture: Size, open: Box | undefined): RetouchError {
  const { width, height } = open ?? picture;
  const where = open
    ? `into the largest box that the mask opens, ${width} x ${height} pixels,`
    : `on a picture of ${width} x ${height} pixels`;
  return new RetouchError(
    'invalid_value',
    `The caption does not fit ${where} in letters of ${minSizePx} pixels or more. ` +
      `Ask for a shorter one${open ? ', or open more of the picture' : ''}.`,
    { param: 'prompt' },
  );
}

function toAlign(anchor: Anchor): TextStyle['align'] {
  if (anchor.endsWith('left')) return 'left';
  return anchor.endsWith('right') ? 'right' : 'centre';
}

/** Black behind bright letters, white behind dark ones: readable on any picture. */
function toContrast(colour: Rgba): Rgba {
  const tone = toLuma709(colour) > 127 ? 0 : 255;
  return { r: tone, g: tone, b: tone, alpha: 0.75 };
}

/** A soft edge around the letters, `width` pixels wider than they are on each side. */
async function toHalo(letters: Coverage, sigma: number): Promise<{ coverage: Coverage; width: number }> {
  const width = Math.ceil(sigma * 3);
  const raw = { width: letters.width, height: letters.height, channels: 1 } as const;
  const wider = await sharp(letters.data, { raw })
    .extend({ top: width, right: width, bottom: width, left: width, background: '#000' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const spread = await sharp(wider.data, {
    raw: { width: wider.info.width, height: wider.info.height, channels: 1 },
  })
    .blur(sigma)
    .linear(strength, 0)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { coverage: { data: spread.data, width: spread.info.width, height: spread.info.height }, width };
}

/** Blurred letters are faint; this makes their surroundings dense. */
const strength = 2.5;
