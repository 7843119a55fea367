import { expect, test } from 'vitest';
import { createModel } from '../../test/support/routing.ts';
import { createGoneModels } from './gone-models.ts';

test('a model that is gone is remembered for an hour, and then asked again', () => {
  let nowMs = 1_795_000_000_000;
  const gone = createGoneModels(() => nowMs);
  const [model, other, version] = ['b', 'c', 'b-2026-01-01'].map((upstreamId) => createModel({ upstreamId }));
  if (!model || !other || !version) throw new Error('no models');
  expect(gone.has(model)).toBe(false);
  gone.note(model);
  expect([model, other, version].map(gone.has)).toEqual([true, false, false]);
  nowMs += 3_599_999;
  expect(gone.has(model)).toBe(true);
  nowMs += 1;
  expect(gone.has(model)).toBe(false);
  gone.note(model);
  expect(gone.has(model)).toBe(true);
});
