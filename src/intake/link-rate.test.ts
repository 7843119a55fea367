import { expect, test } from 'vitest';
import { LinkRate } from './link-rate.ts';

function takeMany(rate: LinkRate, keyId: string, times: number): number {
  let taken = 0;
  try {
    for (; taken < times; taken += 1) rate.take(keyId, 'image');
  } catch {}
  return taken;
}

test('a key has so many a minute, at once or one after another, and others lose nothing by it', () => {
  let nowMs = 5_000;
  const rate = new LinkRate(60, () => nowMs);
  expect(takeMany(rate, 'one', 100)).toBe(60);
  expect(() => rate.take('one', 'images[3]')).toThrow(
    expect.objectContaining({ code: 'too_many_links', param: 'images[3]', retryAfterMs: 1_000 }),
  );
  expect(takeMany(rate, 'two', 10)).toBe(10);
  nowMs += 10_500;
  expect(takeMany(rate, 'one', 100)).toBe(10);
  nowMs += 3_600_000;
  expect(takeMany(rate, 'one', 100)).toBe(60);
  // A clock that was set back takes nothing away and gives nothing.
  nowMs -= 60_000;
  expect(takeMany(rate, 'one', 100)).toBe(0);
});
