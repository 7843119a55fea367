import sharp from 'sharp';
import type { Coverage } from './decode.ts';
import type { Font } from './font.ts';
import type { Size } from './result-size.ts';

export interface TextStyle {
  font: Font;
  sizePx: number;
  align: 'left' | 'centre' | 'right';
}

/** Text without what cannot be drawn: control characters, half characters, space at the ends. */
export function toPlainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)\p{Cc}/gu, '')
    .trim();
}

type Wrap = 'word' | 'word-char';

/** Sets plain text in lines of at most `maxWidth` pixels; longer words are broken, or stand out with the wrap `word`. */
export async function setText(
  text: string,
  style: TextStyle,
  maxWidth: number,
  wrap: Wrap = 'word-char',
): Promise<Coverage> {
  const { data, info } = await sharp({
    text: {
      text: toMarkup(text),
      font: `${style.font.family} ${style.sizePx}`,
      fontfile: style.font.file,
      width: Math.max(1, Math.floor(maxWidth)),
      align: style.align,
      wrap,
      // At 72 dots per inch a font's points are pixels.
      dpi: 72,
      rgba: true,
    },
  })
    .extractChannel('alpha')
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

export interface FittedText {
  coverage: Coverage;
  /** The size it came to. */
  sizePx: number;
}

/**
 * The largest size, `style.sizePx` at most, in which the text fits into the box; undefined when none of 8 px or more
 * does. Words are broken only where the text would become much smaller without.
 */
export async function fitText(text: string, style: TextStyle, box: Size): Promise<FittedText | undefined> {
  const largest = { ...style, sizePx: Math.min(style.sizePx, toLargestSize(text, box)) };
  const leastPx = Math.max(minSizePx, style.sizePx * wholeWordsFraction);
  const inWholeWords = await shrinkToFit(text, largest, box, { leastPx, wrap: 'word' });
  return inWholeWords ?? shrinkToFit(text, largest, box, { leastPx: minSizePx, wrap: 'word-char' });
}

async function shrinkToFit(
  text: string,
  style: TextStyle,
  box: Size,
  { leastPx, wrap }: { leastPx: number; wrap: Wrap },
): Promise<FittedText | undefined> {
  for (let { sizePx } = style; sizePx >= leastPx; sizePx *= 0.85) {
    const coverage = await setText(text, { ...style, sizePx }, box.width, wrap);
    if (coverage.width <= box.width && coverage.height <= box.height) return { coverage, sizePx };
  }
  return undefined;
}

/** Of the size that was wished: so small may letters become before words are broken. */
const wholeWordsFraction = 0.4;
export const minSizePx = 8;
/** Of a font's size: narrowest sensible mean width of a character, and height of a line. */
const characterWidth = 0.3;
const lineHeight = 1.1;

/** Above this size the text cannot fit; asked before setting it, for that would take memory without bound. */
function toLargestSize(text: string, { width, height }: Size): number {
  const byArea = Math.sqrt((width * height) / (text.length * characterWidth * lineHeight));
  const byLines = height / (text.split('\n').length * lineHeight);
  return Math.min(byArea, byLines * 1.2);
}

/** Pango reads mark-up; the caller's text is none. */
function toMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
