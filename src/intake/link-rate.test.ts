import { expect, test } from 'vitest';
import { LinkRate } from './link-rate.ts';

function takeMany(rate: LinkRate, keyId: string, times: number): number {
  let taken = 0;
  try {
    for (; taken < times; taken += 1) rate.take(keyId, ['image']);
  } catch {}
  return taken;
}

const toNames = (count: number) => Array.from({ length: count }, (_, index) => `images[${index}]`);

test('a key has so many a minute, at once or one after another, and others lose nothing by it', () => {
  let nowMs = 5_000;
  const rate = new LinkRate(60, () => nowMs);
  expect(takeMany(rate, 'one', 100)).toBe(60);
  expect(() => rate.take('one', ['images[3]'])).toThrow(
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

test.each([1, 7, 10, 11, 59, 64, 240])(
  'with %i a minute, whoever comes back when told to is let in, however often refused before',
  (perMinute) => {
    let nowMs = 1_785_000_000_123;
    const rate = new LinkRate(perMinute, () => nowMs);
    const retryAfter = (count: number): number => {
      try {
        rate.take('one', toNames(count));
        return 0;
      } catch (error) {
        expect(error).toMatchObject({ code: 'too_many_links', param: 'images[0]' });
        return (error as { retryAfterMs: number }).retryAfterMs;
      }
    };
    expect(retryAfter(perMinute)).toBe(0);
    for (const count of [1, Math.ceil(perMinute / 3), perMinute]) {
      const waitMs = retryAfter(count);
      expect(waitMs).toBeLessThanOrEqual(Math.ceil((count / perMinute) * 60_000));
      expect(retryAfter(count)).toBe(waitMs);
      nowMs += waitMs - 1;
      expect(retryAfter(count)).toBe(1);
      nowMs += 1;
      expect(retryAfter(count)).toBe(0);
    }
  },
);

test('what a minute is not enough for is refused for good, and costs nothing', () => {
  const rate = new LinkRate(10, () => 0);
  expect(() => rate.take('one', toNames(12))).toThrow(
    expect.objectContaining({
      code: 'invalid_value',
      param: 'images[10]',
      message: expect.stringContaining('than the 10 that this key may have followed in a minute'),
    }),
  );
  rate.take('one', toNames(10));
  rate.take('one', []);
  rate.giveBack('one');
  rate.take('one', ['image']);
  expect(() => rate.take('one', ['image'])).toThrow(expect.objectContaining({ code: 'too_many_links' }));
});
