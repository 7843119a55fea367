import { expect, test } from 'vitest';
import type { Bytes } from '../core/bytes.ts';
import { joinSections, socketRoomBytes } from './join-sections.ts';

/** Pieces of one length that are all lent in the same memory, as a file's are: the first is all 1, the next all 2. */
function lendInTurn(length: number): Bytes {
  const memory = Buffer.alloc(length);
  async function* lend() {
    for (const value of [1, 2, 3]) yield memory.fill(value);
  }
  return { size: 3 * length, read: lend, lend };
}

async function collect(bytes: Bytes) {
  const pieces: Uint8Array[] = [];
  for await (const piece of joinSections([bytes]).pieces) pieces.push(piece);
  return pieces.map((piece) => [piece.length, piece[0], piece.at(-1)]);
}

test('what a socket may still hold when the next piece is asked for is copied', async () => {
  for (const length of [1, socketRoomBytes, 2 * socketRoomBytes - 1]) {
    expect(await collect(lendInTurn(length))).toEqual([1, 2, 3].map((value) => [length, value, value]));
  }
});

test('what is too long to be held is handed on without a copy', async () => {
  const length = 2 * socketRoomBytes;
  expect(await collect(lendInTurn(length))).toEqual([1, 2, 3].map(() => [length, 3, 3]));
});
