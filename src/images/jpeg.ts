import { readOrientation } from './exif.ts';
import { HeaderFault, type HeaderReader, type StoredFacts } from './header.ts';

const startOfScan = 0xda;
const endOfImage = 0xd9;
const exifSegment = 0xe1;
/** Markers that stand alone: TEM and RST0 to RST7. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
/** SOF0 to SOF15; in their midst DHT, JPG and DAC, which are no frames. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** The kinds that every decoder reads: baseline, extended and progressive, with Huffman coding. */
const progressiveByFrame: Readonly<Record<number, boolean>> = { 192: false, 193: false, 194: true };

/** Reads a JPEG's segments up to its first scan. @throws HeaderFault */
export async function readJpeg(header: HeaderReader): Promise<StoredFacts> {
  let frame: Omit<StoredFacts, 'orientation'> | undefined;
  let orientation: number | undefined;
  for await (const segment of readSegments(header)) {
    if (isFrame(segment.marker)) {
      if (frame !== undefined) throw new HeaderFault('it has two frame headers');
      frame = await readFrame(header, segment);
    }
    if (segment.marker === exifSegment) orientation ??= await readExifSegment(header, segment);
  }
  if (frame === undefined) throw new HeaderFault('it has pixel data before its frame header');
  return { ...frame, orientation: orientation ?? 1 };
}

interface Segment {
  marker: number;
  /** Where its content begins. */
  body: number;
  length: number;
}

/** The segments before the first scan. */
async function* readSegments(header: HeaderReader): AsyncGenerator<Segment> {
  for (let offset = 2; ; ) {
    const { marker, end } = await findMarker(header, offset);
    offset = end;
    if (isBare(marker)) continue;
    if (marker === endOfImage) throw new HeaderFault('it ends before its pixel data');
    const length = (await header.read(offset, 2)).readUInt16BE(0);
    if (length < 2) throw new HeaderFault(`the segment at byte ${offset} has an impossible length`);
    if (marker === startOfScan) return;
    yield { marker, body: offset + 2, length: length - 2 };
    offset += length;
  }
}

/** The next marker at or after `offset`; stray bytes before it are skipped, as decoders do. */
async function findMarker(header: HeaderReader, offset: number): Promise<{ marker: number; end: number }> {
  for (let at = offset; ; at += 64) {
    const piece = await header.read(at, Math.min(65, Math.max(2, header.size - at)));
    for (let index = 0; index + 1 < piece.length; index += 1) {
      const marker = piece[index + 1] ?? 0;
      if (piece[index] === 0xff && marker !== 0xff && marker !== 0) return { marker, end: at + index + 2 };
    }
  }
}

async function readFrame(header: HeaderReader, { marker, body, length }: Segment) {
  const progressive = progressiveByFrame[marker];
  if (progressive === undefined) {
    throw new HeaderFault(
      'a JPEG of a rare kind (lossless, hierarchical or arithmetic)',
      'unsupported_image_format',
    );
  }
  if (length < 6) throw new HeaderFault('its frame header is too short');
  const head = await header.read(body, 6);
  const [precision, , , , , components] = head;
  if (precision !== 8) {
    throw new HeaderFault(
      `a JPEG with ${precision} bits per sample instead of 8`,
      'unsupported_image_format',
    );
  }
  if (components !== 1 && components !== 3 && components !== 4) {
    throw new HeaderFault(`it has ${components} colour components instead of 1, 3 or 4`);
  }
  return {
    height: head.readUInt16BE(1),
    width: head.readUInt16BE(3),
    progressive,
    hasAlpha: false,
    frames: 1,
  };
}

/** Undefined for XMP, which uses the same marker. What is EXIF by its name is the one that counts, as in decoders. */
async function readExifSegment(header: HeaderReader, { body, length }: Segment) {
  if (length <= 4 || (await header.read(body, 4)).toString('latin1') !== 'Exif') return undefined;
  return readOrientation(header, body, length);
}
