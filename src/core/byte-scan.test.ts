import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { findNotPlain } from './byte-scan.ts';

const isFound = (byte: number): boolean => byte < 0x20 || byte === 0x22 || byte === 0x5c;

test('every byte is judged, near the start and far from it', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    for (const at of [37, 137]) {
      const bytes = Buffer.alloc(150, 'A');
      bytes[at] = byte;
      expect([byte, findNotPlain(bytes, 0, 150)]).toEqual([byte, isFound(byte) ? at : 150]);
    }
  }
});

test('it is the first one within the range, wherever that begins and ends', () => {
  for (let round = 0; round < 300; round += 1) {
    // Rare enough that some ranges have none.
    const bytes = randomBytes(400).map((byte) => (byte % 100 === 0 ? byte : 0x80 | byte));
    const [from, end] = [round % 23, 400 - (round % 19)];
    const expected = bytes.subarray(0, end).findIndex((byte, at) => at >= from && isFound(byte));
    expect(findNotPlain(bytes, from, end)).toBe(expected < 0 ? end : expected);
  }
});

test.each([[0], [1], [255], [256], [257], [65_535], [65_536], [65_537], [85_000], [131_072], [199_999]])(
  'a range longer than its memory is looked through to the end: %i',
  (position) => {
    const bytes = Buffer.alloc(200_000, 'A');
    expect(findNotPlain(bytes, 0, bytes.length)).toBe(200_000);
    bytes[position] = 10;
    expect(findNotPlain(bytes, 0, bytes.length)).toBe(position);
    expect(findNotPlain(bytes, 0, position)).toBe(position);
  },
);

test('an empty range has none', () => {
  expect(findNotPlain(Buffer.from('\\'), 0, 0)).toBe(0);
  expect(findNotPlain(Buffer.from('\\'), 1, 1)).toBe(1);
});
