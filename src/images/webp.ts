import { readOrientation } from './exif.ts';
import { HeaderFault, type HeaderReader, type StoredFacts } from './header.ts';

const chunkHeadLength = 8;
const firstChunk = 12;
const flags = { animation: 0x02, exif: 0x08, alpha: 0x10 };

interface Chunk {
  type: string;
  /** Where its content begins. */
  body: number;
  length: number;
  /** Where the next chunk begins. */
  next: number;
}

/** Reads a WebP's chunk heads, and of the frame only its head. @throws HeaderFault */
export async function readWebp(header: HeaderReader): Promise<StoredFacts> {
  const riff = await header.read(0, firstChunk);
  const end = riff.readUInt32LE(4) + 8;
  if (end > header.size) throw new HeaderFault(`it says it has ${end} bytes, but ends after ${header.size}`);
  const chunk = await readChunk(header, firstChunk, end);
  if (chunk.type === 'VP8X') return readExtended(header, chunk, end);
  return { ...(await readFrame(header, chunk)), orientation: 1, frames: 1, progressive: false };
}

interface Frame {
  width: number;
  height: number;
  hasAlpha: boolean;
}

async function readFrame(header: HeaderReader, chunk: Chunk): Promise<Frame> {
  if (chunk.type === 'VP8 ') return readLossyFrame(await header.read(chunk.body, 10));
  if (chunk.type === 'VP8L') return readLosslessFrame(await header.read(chunk.body, 5));
  throw new HeaderFault(`it begins with the chunk ${JSON.stringify(chunk.type)}, which is no picture`);
}

/** RFC 9649 and RFC 6386 section 9.1: frame tag, start code, 14 bits of width and of height. */
function readLossyFrame(head: Buffer): Frame {
  const isKeyFrame = ((head[0] ?? 1) & 1) === 0;
  if (!isKeyFrame || head.readUIntBE(3, 3) !== 0x9d_01_2a)
    throw new HeaderFault('its VP8 frame has no valid start');
  return { width: head.readUInt16LE(6) & 0x3fff, height: head.readUInt16LE(8) & 0x3fff, hasAlpha: false };
}

/** RFC 9649 section 3.4: a signature, then 14 bits of width - 1, 14 of height - 1, alpha, version. */
function readLosslessFrame(head: Buffer): Frame {
  const bits = head.readUInt32LE(1);
  if (head[0] !== 0x2f || bits >>> 29 !== 0) throw new HeaderFault('its VP8L frame has no valid start');
  return {
    width: (bits & 0x3fff) + 1,
    height: ((bits >>> 14) & 0x3fff) + 1,
    hasAlpha: ((bits >>> 28) & 1) === 1,
  };
}

/** RFC 9649 section 2.7: flags and canvas, then chunks in any number. */
async function readExtended(header: HeaderReader, extended: Chunk, end: number): Promise<StoredFacts> {
  if (extended.length < 10) throw new HeaderFault('its VP8X chunk is too short');
  const body = await header.read(extended.body, 10);
  const flag = body[0] ?? 0;
  const facts = {
    width: body.readUIntLE(4, 3) + 1,
    height: body.readUIntLE(7, 3) + 1,
    hasAlpha: (flag & flags.alpha) !== 0,
    progressive: false,
    frames: 0,
  };
  let orientation: number | undefined;
  for await (const chunk of readChunks(header, extended.next, end)) {
    if (chunk.type === 'ANMF') facts.frames += 1;
    // Of several the decoder takes the first, and none that the flags do not announce.
    if (chunk.type === 'EXIF' && (flag & flags.exif) !== 0) {
      orientation ??= await readOrientation(header, chunk.body, chunk.length);
    }
    if (chunk.type === 'VP8 ' || chunk.type === 'VP8L') {
      checkFrame(await readFrame(header, chunk), facts);
      facts.frames += 1;
    }
    if (isKnown(facts, flag)) break;
  }
  if (facts.frames === 0) throw new HeaderFault('it has no frame');
  return { ...facts, orientation: orientation ?? 1 };
}

/** A still picture fills its canvas; one that does not could be far larger than it says. */
function checkFrame(frame: Frame, canvas: Pick<StoredFacts, 'width' | 'height'>): void {
  if (frame.width === canvas.width && frame.height === canvas.height) return;
  throw new HeaderFault('its frame has another size than its canvas');
}

/** Whether the rest can tell nothing that matters: EXIF comes last, and of frames only "more than one" counts. */
function isKnown(facts: Pick<StoredFacts, 'frames'>, flag: number): boolean {
  const enoughFrames = (flag & flags.animation) === 0 ? 1 : 2;
  return (flag & flags.exif) === 0 && facts.frames >= enoughFrames;
}

async function* readChunks(header: HeaderReader, start: number, end: number): AsyncGenerator<Chunk> {
  for (let offset = start; offset + chunkHeadLength <= end; ) {
    const chunk = await readChunk(header, offset, end);
    yield chunk;
    offset = chunk.next;
  }
}

async function readChunk(header: HeaderReader, offset: number, end: number): Promise<Chunk> {
  const head = await header.read(offset, chunkHeadLength);
  const length = head.readUInt32LE(4);
  const body = offset + chunkHeadLength;
  if (body + length > end)
    throw new HeaderFault(`the chunk at byte ${offset} reaches beyond the end of the file`);
  return { type: head.toString('latin1', 0, 4), body, length, next: body + length + (length % 2) };
}
