import { expect, test } from 'vitest';
import { letGo } from './bytes.ts';

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
