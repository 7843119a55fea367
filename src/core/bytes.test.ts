import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Bytes, lend, letGo, toBase64, toBinary } from './bytes.ts';

test('a large piece that has its buffer to itself is freed', () => {
  const piece = Buffer.alloc(20_000, 1);
  letGo(piece);
  expect(piece.length).toBe(0);
});

test.each<[string, Uint8Array]>([
  ['a part of a buffer, even to its end', Buffer.alloc(40_000, 1).subarray(20_000)],
  ['the start of a buffer', Buffer.alloc(40_000, 1).subarray(0, 20_000)],
  ['a small one', new Uint8Array(16_383).fill(1)],
  ['one that several threads share', new Uint8Array(new SharedArrayBuffer(20_000)).fill(1)],
])('%s is left alone, since others may use it', (_what, piece) => {
  const { length } = piece;
  letGo(piece);
  expect([piece.length, piece[0], piece.at(-1)]).toEqual([length, 1, 1]);
});

/** Lends what it holds in pieces of one length, all in the same memory. */
function lendInPieces(held: Buffer, pieceBytes: number): Bytes {
  const room = Buffer.alloc(pieceBytes);
  async function* read(start = 0, end = held.length) {
    for (let at = start; at < end; at += pieceBytes) {
      yield room.subarray(0, held.copy(room, 0, at, Math.min(end, at + pieceBytes)));
    }
  }
  return { size: held.length, read, lend: read };
}

async function collect(bytes: Bytes, start = 0, end = bytes.size): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of lend(bytes, start, end)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

test.each([1, 2, 3, 4, 5, 7, 11, 64, 1_000])(
  'base64 that comes %i bytes at a time is written and read right, to its padding',
  async (pieceBytes) => {
    for (const length of [0, 1, 2, 3, 4, 5, 97, 98, 99, 500]) {
      const binary = randomBytes(length);
      const text = Buffer.from(binary.toString('base64'));
      const encoded = toBase64({ encoding: 'binary', bytes: lendInPieces(binary, pieceBytes) });
      expect([encoded.size, await collect(encoded)]).toEqual([text.length, text]);
      const decoded = await toBinary({ encoding: 'base64', bytes: lendInPieces(text, pieceBytes) });
      expect([decoded.size, await collect(decoded)]).toEqual([length, binary]);
      const [start, end] = [Math.floor(length / 3) + 1, length - 1];
      if (start < end) expect(await collect(decoded, start, end)).toEqual(binary.subarray(start, end));
    }
  },
);
