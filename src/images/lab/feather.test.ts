import { expect, test } from 'vitest';
import { feather } from './feather.ts';

/** A mask of one row, `height` times. */
const cover = (row: readonly number[], height = 1) => ({
  data: new Uint8Array(Array.from({ length: height }, () => row).flat()),
  width: row.length,
  height,
});
const fill = (length: number, value: number): number[] => Array<number>(length).fill(value);
const rowOf = (mask: { data: Uint8Array; width: number }, y = 0): number[] => [
  ...mask.data.subarray(y * mask.width, (y + 1) * mask.width),
];

test('a wide opening fades in from its edge, evenly, and is open in its middle', () => {
  const row = rowOf(feather(cover([...fill(500, 255), ...fill(500, 0)])));
  expect(row.slice(0, 500)).toEqual(fill(500, 255));
  expect(row.slice(500, 506)).toEqual([182, 128, 85, 51, 23, 0]);
  expect(row.slice(505)).toEqual(fill(495, 0));
});

test.each([1, 2, 3, 4, 7])(
  'the middle of an opening %i pixels wide is open, however large the picture',
  (width) => {
    const row = [...fill(1_000, 255), ...fill(width, 0), ...fill(1_000, 255)];
    const opened = rowOf(feather(cover(row, 3)), 1);
    expect(opened[1_000 + Math.floor(width / 2)]).toBe(0);
    expect(opened.filter((keep) => keep < 255)).toHaveLength(width);
  },
);

test('what is kept stays kept, what is soft becomes no harder, and nothing opens further', () => {
  const row = [...fill(20, 255), 200, 150, 100, 50, 0, 0, 0, 0, 0, 0, 254, 128, 255, 0];
  const softened = rowOf(feather(cover(row, 9)), 4);
  for (const [x, keep] of row.entries()) {
    expect(softened[x]).toBeGreaterThanOrEqual(keep);
    if (keep === 255) expect(softened[x]).toBe(255);
    else expect(softened[x]).toBeLessThan(255);
  }
  expect(softened.slice(20, 24)).toEqual([200, 150, 100, 50]);
});

test('the border of the picture is no edge', () => {
  expect(feather(cover(fill(400, 0), 300)).data.every((keep) => keep === 0)).toBe(true);
  const row = rowOf(feather(cover([...fill(200, 0), ...fill(200, 255)])));
  expect(row.slice(0, 190)).toEqual(fill(190, 0));
});

test('it fades from every side alike', () => {
  const size = 60;
  const open = (x: number, y: number): boolean => x >= 20 && x < 40 && y >= 20 && y < 40;
  const data = Uint8Array.from({ length: size * size }, (_, at) =>
    open(at % size, Math.floor(at / size)) ? 0 : 255,
  );
  const { data: softened } = feather({ data, width: size, height: size });
  const at = (x: number, y: number) => softened[y * size + x];
  for (let x = 20; x < 40; x += 1) {
    for (let y = 20; y < 40; y += 1) {
      expect(at(x, y)).toBe(at(y, x));
      expect(at(x, y)).toBe(at(59 - x, y));
      expect(at(x, y)).toBe(at(x, 59 - y));
    }
  }
  expect(at(30, 20)).toBeGreaterThan(0);
  expect(at(30, 30)).toBe(0);
});
