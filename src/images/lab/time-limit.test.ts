import { expect, test } from 'vitest';
import { toTimeLimitMs } from './time-limit.ts';

test('only work on what has been paid for may take longer than the limit', () => {
  expect([{}, { isPaid: false }, { isPaid: true }].map((job) => toTimeLimitMs(job, 20_000))).toEqual([
    20_000, 20_000, 100_000,
  ]);
});
