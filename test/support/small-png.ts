import { crc32, deflateSync } from 'node:zlib';

export interface SmallPng {
  width: number;
  height: number;
  /** Red, green, blue, and alpha where the picture has one. */
  colour?: readonly [number, number, number] | readonly [number, number, number, number];
  /** Length of a `caBX` chunk (provenance, of noise) right after the header, as vendors write it. */
  provenanceBytes?: number;
}

/** A real PNG of one colour. */
export function createPng({ width, height, colour = [90, 140, 200], provenanceBytes }: SmallPng): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colour.length === 4 ? 6 : 2], 8);
  const row = Buffer.concat([Buffer.from([0]), ...Array<Buffer>(width).fill(Buffer.from(colour))]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    toChunk('IHDR', header),
    ...(provenanceBytes === undefined ? [] : [toChunk('caBX', createNoise(provenanceBytes))]),
    toChunk('IDAT', deflateSync(Buffer.concat(Array<Buffer>(height).fill(row)))),
    toChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Bytes that look random and are the same every time. */
export function createNoise(length: number): Buffer {
  const noise = Buffer.alloc(length);
  for (let index = 0, state = 1; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    noise[index] = state >>> 24;
  }
  return noise;
}

function toChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
