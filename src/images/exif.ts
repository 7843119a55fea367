import type { HeaderReader } from './header.ts';

const orientationTag = 0x0112;
const shortType = 3;
const entryLength = 12;
const upright = 1;

/**
 * EXIF orientation, 1 to 8, from a TIFF block that lies at `offset` (with or without the `Exif\0\0` before it).
 * What cannot be read counts as upright, as decoders do.
 */
export async function readOrientation(header: HeaderReader, offset: number, length: number): Promise<number> {
  const prefix = length >= 6 && (await header.read(offset, 6)).toString('latin1') === 'Exif\0\0' ? 6 : 0;
  const start = offset + prefix;
  const end = offset + length;
  if (start + 8 > end) return upright;
  const head = await header.read(start, 8);
  const order = head.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return upright;
  const readShort = (buffer: Buffer, at: number): number =>
    order === 'II' ? buffer.readUInt16LE(at) : buffer.readUInt16BE(at);
  const directory = start + (order === 'II' ? head.readUInt32LE(4) : head.readUInt32BE(4));
  if (directory + 2 > end) return upright;
  const count = readShort(await header.read(directory, 2), 0);
  const tableLength = Math.min(count, Math.floor((end - directory - 2) / entryLength)) * entryLength;
  const table = await header.read(directory + 2, tableLength);
  for (let at = 0; at < tableLength; at += entryLength) {
    if (readShort(table, at) !== orientationTag || readShort(table, at + 2) !== shortType) continue;
    const orientation = readShort(table, at + 8);
    return orientation >= 1 && orientation <= 8 ? orientation : upright;
  }
  return upright;
}
