import type { ImageFormat } from '../core/image.ts';

export interface Sniffed {
  /** Set when it is one of the accepted formats. */
  format?: ImageFormat;
  /** What it is, as the end of "image[3] is ...". */
  name: string;
}

/** How many of the first bytes `sniff` wants to see. */
export const sniffLength = 512;

interface Signature extends Sniffed {
  /** Bytes as latin1 characters; `?` stands for any byte. */
  starts: string;
}

const signatures: readonly Signature[] = [
  { starts: '\x89PNG\r\n\x1a\n', format: 'png', name: 'a PNG' },
  { starts: '\xff\xd8\xff', format: 'jpeg', name: 'a JPEG' },
  { starts: 'RIFF????WEBP', format: 'webp', name: 'a WebP' },
  { starts: '?PNG', name: 'a PNG whose first bytes are damaged, as by a transfer in text mode' },
  { starts: 'GIF8', name: 'a GIF' },
  { starts: 'BM????\0\0\0\0', name: 'a BMP' },
  { starts: 'II*\0', name: 'a TIFF or a camera raw file' },
  { starts: 'MM\0*', name: 'a TIFF or a camera raw file' },
  { starts: 'II+\0', name: 'a BigTIFF' },
  { starts: 'MM\0+', name: 'a BigTIFF' },
  { starts: '????ftypavi', name: 'an AVIF' },
  { starts: '????ftyphei', name: 'a HEIC' },
  { starts: '????ftyphev', name: 'a HEIC' },
  { starts: '????ftypm?f1', name: 'a HEIF' },
  { starts: '????ftypcrx', name: 'a camera raw file' },
  { starts: '????ftyp', name: 'a video' },
  { starts: '\xff\x0a', name: 'a JPEG XL' },
  { starts: '\0\0\0\x0cJXL ', name: 'a JPEG XL' },
  { starts: '\0\0\0\x0cjP  ', name: 'a JPEG 2000' },
  { starts: '\xff\x4f\xff\x51', name: 'a JPEG 2000' },
  { starts: '8BPS', name: 'a Photoshop document' },
  { starts: '\0\0\x01\0', name: 'an icon (ICO)' },
  { starts: 'RIFF', name: 'a RIFF file other than WebP' },
  { starts: '\x1a\x45\xdf\xa3', name: 'a video' },
  { starts: '%PDF-', name: 'a PDF document' },
  { starts: '%!PS', name: 'a PostScript document' },
  { starts: 'PK\x03\x04', name: 'a ZIP archive or office document' },
  { starts: '\x1f\x8b', name: 'a gzip archive' },
  { starts: 'MZ', name: 'a program' },
  { starts: '\x7fELF', name: 'a program' },
  { starts: 'data:', name: 'the text of a data URL, not its decoded bytes' },
  { starts: 'iVBORw0KGgo', name: 'the base64 text of a PNG, not its decoded bytes' },
  { starts: '/9j/', name: 'the base64 text of a JPEG, not its decoded bytes' },
  { starts: 'UklGR', name: 'the base64 text of a WebP, not its decoded bytes' },
];

const texts: readonly { pattern: RegExp; name: string }[] = [
  { pattern: /<svg[\s>]/i, name: 'an SVG' },
  { pattern: /^\s*<(!doctype html|html|head|body)/i, name: 'an HTML page' },
  { pattern: /^\s*<\?xml/i, name: 'an XML document' },
  { pattern: /^\s*[[{]/, name: 'JSON text' },
  { pattern: /^/, name: 'text' },
];

/** Tells a file's format by its first bytes (`sniffLength` of them are enough), never by its name. */
export function sniff(head: Uint8Array): Sniffed {
  if (head.length === 0) return { name: 'empty' };
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16)).toString('latin1');
  const found = signatures.find(({ starts }) => matches(start, starts));
  if (found !== undefined) {
    return found.format === undefined ? { name: found.name } : { format: found.format, name: found.name };
  }
  const text = readText(head.subarray(0, sniffLength));
  return {
    name:
      texts.find(({ pattern }) => text !== undefined && pattern.test(text))?.name ?? 'of an unknown format',
  };
}

function matches(start: string, signature: string): boolean {
  if (start.length < signature.length) return false;
  return [...signature].every((character, index) => character === '?' || character === start[index]);
}

/** Undefined when the bytes are no text in UTF-8. */
function readText(head: Uint8Array): string | undefined {
  try {
    // `stream`: the last character may be cut.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells bytes from text
    return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
