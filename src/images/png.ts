import { crc32 } from 'node:zlib';
import { readOrientation } from './exif.ts';
import { HeaderFault, type HeaderReader, type StoredFacts } from './header.ts';

/** Bit depths that each colour type may have (PNG specification, 11.2.2). */
const bitDepths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const palette = 3;
const signatureLength = 8;
const chunkHeadLength = 8;
const headerLength = 13;
const checksumLength = 4;

/** Reads a PNG from its signature to its first pixel data. @throws HeaderFault */
export async function readPng(header: HeaderReader): Promise<StoredFacts> {
  const { colourType, ...first } = await readImageHeader(header);
  const facts = { ...first, frames: 1, hasAlpha: colourType === 4 || colourType === 6 };
  let hasPalette = false;
  let orientation: number | undefined;
  for await (const { type, body, length } of readChunks(header)) {
    if (type === 'PLTE') hasPalette = true;
    if (type === 'tRNS') facts.hasAlpha = true;
    if (type === 'acTL' && length === 8)
      facts.frames = Math.max(1, (await header.read(body, 4)).readUInt32BE(0));
    if (type === 'eXIf') orientation ??= await readExif(header, body, length);
  }
  if (colourType === palette && !hasPalette) throw new HeaderFault('its palette is missing (no PLTE chunk)');
  return { ...facts, orientation: orientation ?? 1 };
}

const tiffHeads: readonly string[] = ['II*\0', 'MM\0*'];

/** Undefined: it is none to the decoder either, which takes the first that is one. */
async function readExif(header: HeaderReader, body: number, length: number): Promise<number | undefined> {
  const head = length < 4 ? '' : (await header.read(body, 4)).toString('latin1');
  return tiffHeads.includes(head) ? readOrientation(header, body, length) : undefined;
}

interface Chunk {
  type: string;
  /** Where its content begins. */
  body: number;
  length: number;
}

/** The chunks between IHDR and the first IDAT. */
async function* readChunks(header: HeaderReader): AsyncGenerator<Chunk> {
  for (let offset = signatureLength + chunkHeadLength + headerLength + checksumLength; ; ) {
    const chunk = await readChunkHead(header, offset);
    if (chunk.type === 'IDAT') return;
    if (chunk.type === 'IEND') throw new HeaderFault('it has no pixel data (no IDAT chunk)');
    yield chunk;
    offset = chunk.body + chunk.length + checksumLength;
  }
}

async function readImageHeader(header: HeaderReader) {
  const { type, length } = await readChunkHead(header, signatureLength);
  if (type !== 'IHDR' || length !== headerLength) {
    throw new HeaderFault(`it begins with the chunk ${type} instead of IHDR`);
  }
  const chunk = await header.read(signatureLength + 4, 4 + headerLength + checksumLength);
  if (crc32(chunk.subarray(0, 17)) !== chunk.readUInt32BE(17)) {
    throw new HeaderFault('the checksum of its header (IHDR) is wrong');
  }
  const [depth = 0, colourType = 0, compression, filter, interlace = 0] = chunk.subarray(12, 17);
  if (bitDepths[colourType]?.includes(depth) !== true) {
    throw new HeaderFault(
      `it has colour type ${colourType} with bit depth ${depth}, which PNG does not know`,
    );
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw new HeaderFault('its compression, filter or interlace method is unknown');
  }
  return {
    width: chunk.readUInt32BE(4),
    height: chunk.readUInt32BE(8),
    progressive: interlace === 1,
    colourType,
  };
}

async function readChunkHead(header: HeaderReader, offset: number): Promise<Chunk> {
  const head = await header.read(offset, chunkHeadLength);
  const type = head.toString('latin1', 4);
  const length = head.readUInt32BE(0);
  if (!/^[A-Za-z]{4}$/.test(type) || length > 0x7fff_ffff) {
    throw new HeaderFault(`there is no valid chunk at byte ${offset}`);
  }
  return { type, body: offset + chunkHeadLength, length };
}
