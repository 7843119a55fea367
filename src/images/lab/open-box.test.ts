import { expect, test } from 'vitest';
import type { Coverage } from './decode.ts';
import { findOpenBox } from './open-box.ts';

/** A mask drawn in characters: `.` is open, `~` half open, `#` shut. */
function toMask(...rows: readonly string[]): Coverage {
  const alphas: Readonly<Record<string, number>> = { '.': 0, '~': 127, '#': 255 };
  const data = Uint8Array.from(rows.join(''), (character) => alphas[character] ?? Number.NaN);
  return { data, width: rows[0]?.length ?? 0, height: rows.length };
}

test.each([
  ['all of an open mask', ['...', '...'], [0, 0, 3, 2]],
  ['a hole', ['####', '#..#', '#..#', '####'], [1, 1, 2, 2]],
  ['the broad arm of an angle', ['..###', '..###', '.....', '.....', '.....'], [0, 2, 5, 3]],
  ['one side of a frame', ['.....', '.###.', '.###.', '.....', '.....'], [0, 3, 5, 2]],
  ['the larger of two holes', ['..#...', '..#...', '##....'], [3, 0, 3, 3]],
  ['the middle of a disc', ['#...#', '.....', '.....', '.....', '#...#'], [0, 1, 5, 3]],
  ['what is half open', ['#~~#', '#~~#'], [1, 0, 2, 2]],
  ['a single pixel', ['###', '##.', '###'], [2, 1, 1, 1]],
] as const)('finds %s', (_, rows, [left, top, width, height]) => {
  expect(findOpenBox(toMask(...rows))).toEqual({ left, top, width, height });
});

test('a mask that is shut has no open box', () => {
  expect(findOpenBox(toMask('##', '##'))).toMatchObject({ width: 0, height: 0 });
});

test('a box in a large mask is found to within a few pixels, inside what is open, in no time', () => {
  const [width, height] = [7_001, 7_003];
  const data = new Uint8Array(width * height).fill(255);
  for (let y = 1_001; y < 6_007; y += 1) data.fill(0, y * width + 2_003, y * width + 7_001);
  const startedAt = performance.now();
  const box = findOpenBox({ data, width, height });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(box.left).toBeGreaterThanOrEqual(2_003);
  expect(box.top).toBeGreaterThanOrEqual(1_001);
  expect(box.left + box.width).toBe(7_001);
  expect(box.top + box.height).toBeLessThanOrEqual(6_007);
  expect(box.width).toBeGreaterThan(4_980);
  expect(box.height).toBeGreaterThan(4_990);
});
