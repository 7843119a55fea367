import { expect, test } from 'vitest';
import { createGoneModels } from './gone-models.ts';

test('a model that is gone is remembered for an hour, and then asked again', () => {
  let nowMs = 1_795_000_000_000;
  const gone = createGoneModels(() => nowMs);
  expect(gone.has('a/b')).toBe(false);
  gone.note('a/b');
  expect([gone.has('a/b'), gone.has('a/c')]).toEqual([true, false]);
  nowMs += 3_599_999;
  expect(gone.has('a/b')).toBe(true);
  nowMs += 1;
  expect(gone.has('a/b')).toBe(false);
  gone.note('a/b');
  expect(gone.has('a/b')).toBe(true);
});
