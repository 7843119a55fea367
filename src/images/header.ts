import type { Bytes } from '../core/bytes.ts';
import type { ImageFacts } from '../core/image.ts';

/** What a format's reader finds: pixels as stored, and how EXIF turns them. */
export type StoredFacts = Omit<ImageFacts, 'format' | 'orientedWidth' | 'orientedHeight'>;

/** Why a header cannot be taken; the message is the end of a sentence about the picture. */
export class HeaderFault extends Error {
  readonly code: 'invalid_image_file' | 'unsupported_image_format';

  constructor(message: string, code: HeaderFault['code'] = 'invalid_image_file') {
    super(message);
    this.name = 'HeaderFault';
    this.code = code;
  }
}

/** Reads small ranges of a picture's header, wherever they lie, and never much in all. */
export interface HeaderReader {
  /** Length of the whole file in bytes. */
  readonly size: number;
  /** Exactly `length` bytes. @throws HeaderFault when the file ends before, or the header is too long */
  read(offset: number, length: number): Promise<Buffer>;
}

const firstWindowBytes = 4_096;
const windowBytes = 512;
const maxReads = 4_000;
const maxBytesRead = 2 * 1024 * 1024;

export function createHeaderReader(bytes: Bytes): HeaderReader {
  let window: Buffer = Buffer.alloc(0);
  let windowStart = 0;
  let reads = 0;
  let bytesRead = 0;
  return {
    size: bytes.size,
    async read(offset, length) {
      const end = offset + length;
      if (end > bytes.size) throw new HeaderFault('it ends within its header');
      reads += 1;
      if (reads > maxReads || bytesRead > maxBytesRead) {
        throw new HeaderFault('its header is longer than that of any real picture');
      }
      if (offset < windowStart || end > windowStart + window.length) {
        const wanted = Math.max(length, offset === 0 ? firstWindowBytes : windowBytes);
        window = await readRange(bytes, offset, Math.min(offset + wanted, bytes.size));
        windowStart = offset;
        bytesRead += window.length;
      }
      return window.subarray(offset - windowStart, end - windowStart);
    },
  };
}

async function readRange(bytes: Bytes, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes.read(start, end)) pieces.push(piece);
  const range = Buffer.concat(pieces);
  if (range.length !== end - start) throw new HeaderFault('it ends within its header');
  return range;
}
