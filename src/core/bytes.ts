/**
 * Bytes that are held somewhere (memory, a file) and can be read again and again, in pieces. Nothing on the
 * forward path is larger than one piece in memory, so code takes `Bytes`, never a whole Buffer.
 */
export interface Bytes {
  /** Length in bytes. */
  readonly size: number;
  /** Pieces of the range `start` (0) to `end` (size, not included). They are the reader's to keep. */
  read(start?: number, end?: number): AsyncIterable<Uint8Array>;
  /**
   * The same without a copy, where there is one to save: each piece may be looked at until the next is asked for, if
   * nothing more is written meanwhile and what holds it is not released.
   */
  lend?(start?: number, end?: number): AsyncIterable<Uint8Array>;
}

/** Pieces that are only lent: see `Bytes.lend`. */
export function lend(bytes: Bytes, start?: number, end?: number): AsyncIterable<Uint8Array> {
  return bytes.lend ? bytes.lend(start, end) : bytes.read(start, end);
}

/** Where arriving bytes are put: memory up to a cap shared by all requests, then a file. */
export interface Spool extends Bytes {
  /** Copies the piece; resolves when the next may come. @throws RetouchError storage_unavailable, server_busy */
  write(piece: Uint8Array): Promise<void>;
  /**
   * Runs `work`, which writes the spool to its end, when it is its turn: a few are filled at a time, and meanwhile the
   * network holds what the others wait for. After that all of it is safely kept.
   * @throws RetouchError storage_unavailable, and what `work` throws
   */
  fill(line: FillLine, work: () => Promise<void>): Promise<void>;
  /** A window on this spool; stays readable until `release`. */
  slice(start: number, end: number): Bytes;
  /** Frees memory and file. May be called more than once. */
  release(): Promise<void>;
}

/** Uploads and vendors' answers stand in lines of their own: a slow caller must not keep back what is paid for. */
export type FillLine = 'upload' | 'answer';

/** Opens a spool that is released, at the latest, when the request it belongs to ends. */
export type OpenSpool = () => Spool;

/** A picture's bytes as they arrived: as they are, or as base64 text (no line breaks). */
export interface Content {
  readonly encoding: 'binary' | 'base64';
  readonly bytes: Bytes;
}

/** Shorter ones may be part of a buffer that others use. */
const minOwnBytes = 16 * 1024;

/**
 * Frees the memory of a piece that came from a socket and was copied; it is empty after that. The collector sees but a
 * small object in it, and would leave tens of megabytes of them lying about.
 */
export function letGo({ buffer, byteOffset, length }: Uint8Array): void {
  const isAlone = length === buffer.byteLength && length >= minOwnBytes;
  const isLast = byteOffset + length === buffer.byteLength && length > Buffer.poolSize / 2;
  if ((isAlone || isLast) && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** `Bytes` over a buffer that is already in memory. */
export function toBytes(buffer: Uint8Array): Bytes {
  return {
    size: buffer.length,
    async *read(start = 0, end = buffer.length) {
      if (end > start) yield buffer.subarray(start, end);
    },
  };
}

/** A window on `bytes`. */
export function toRange(bytes: Bytes, start: number, end: number): Bytes {
  const size = end - start;
  return {
    size,
    read: (from = 0, to = size) => bytes.read(start + from, start + to),
    lend: (from = 0, to = size) => lend(bytes, start + from, start + to),
  };
}

/** Everything in one Buffer: for short things only (a text field, a header), hence the cap. */
export async function readAll(bytes: Bytes, maxBytes: number): Promise<Buffer> {
  if (bytes.size > maxBytes) throw new RangeError(`${bytes.size} bytes are more than ${maxBytes}`);
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The content decoded. Sizes are exact, so a Content-Length can be given before a byte is read. */
export async function toBinary(content: Content): Promise<Bytes> {
  if (content.encoding === 'binary') return content.bytes;
  const encoded = content.bytes;
  const size = Math.floor((await countBase64Characters(encoded)) * 3) / 4;
  return toLentBytes(Math.floor(size), async function* (start, end) {
    const from = Math.floor(start / 3) * 4;
    let skip = start - (from / 4) * 3;
    let left = end - start;
    for await (const piece of decodeBase64(lend(encoded, from))) {
      const part = piece.subarray(skip, skip + left);
      skip = Math.max(0, skip - piece.length);
      left -= part.length;
      if (part.length > 0) yield part;
      if (left <= 0) return;
    }
  });
}

/** The content as base64 text. */
export function toBase64(content: Content): Bytes {
  if (content.encoding === 'base64') return content.bytes;
  const { bytes } = content;
  const size = Math.ceil(bytes.size / 3) * 4;
  return toLentBytes(size, (start, end) => {
    if (start !== 0 || end !== size) throw new RangeError('base64 text is read whole');
    return encodeBase64(lend(bytes));
  });
}

/** `Bytes` that are made as they are read, each piece in the memory of the one before. */
function toLentBytes(size: number, make: (start: number, end: number) => AsyncIterable<Uint8Array>): Bytes {
  return {
    size,
    async *read(start = 0, end = size) {
      for await (const piece of make(start, end)) yield Buffer.from(piece);
    },
    lend: (start = 0, end = size) => make(start, end),
  };
}

async function countBase64Characters(encoded: Bytes): Promise<number> {
  if (encoded.size < 2) return encoded.size;
  const tail: number[] = [];
  for await (const piece of encoded.read(encoded.size - 2)) tail.push(...piece);
  const padding = tail.filter((byte) => byte === 0x3d).length;
  return encoded.size - padding;
}

/** What a piece leaves over is made whole with the head of the next, so that the bulk of it needs no joining. */
async function* decodeBase64(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest = '';
  let room = Buffer.alloc(0);
  for await (const piece of pieces) {
    const text = toBuffer(piece);
    const head = rest === '' ? 0 : Math.min(4 - rest.length, text.length);
    rest += text.toString('latin1', 0, head);
    const whole = text.length - ((text.length - head) % 4);
    if (room.length < text.length) room = Buffer.allocUnsafeSlow(text.length + 3);
    let length = rest.length === 4 ? room.write(rest, 'base64') : 0;
    if (rest.length === 4) rest = '';
    length += room.write(text.toString('latin1', head, whole), length, 'base64');
    rest += text.toString('latin1', whole);
    if (length > 0) yield room.subarray(0, length);
  }
  if (rest !== '') yield Buffer.from(rest, 'base64');
}

async function* encodeBase64(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  let room = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = toBuffer(piece);
    const head = rest.length === 0 ? 0 : Math.min(3 - rest.length, bytes.length);
    rest = Buffer.concat([rest, bytes.subarray(0, head)]);
    const whole = bytes.length - ((bytes.length - head) % 3);
    if (room.length < 2 * bytes.length + 2) room = Buffer.allocUnsafeSlow(2 * bytes.length + 2);
    let length = rest.length === 3 ? room.write(rest.toString('base64'), 'latin1') : 0;
    if (rest.length === 3) rest = Buffer.alloc(0);
    length += room.write(bytes.toString('base64', head, whole), length, 'latin1');
    // Copied: the piece is only lent.
    rest = Buffer.concat([rest, bytes.subarray(whole)]);
    if (length > 0) yield room.subarray(0, length);
  }
  if (rest.length > 0) yield Buffer.from(rest.toString('base64'), 'latin1');
}

function toBuffer(piece: Uint8Array): Buffer {
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
