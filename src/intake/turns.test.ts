import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Turns } from './turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Takes a turn for each name; tells who has had one so far. */
function line(turns: Turns, names: string) {
  const had: string[] = [];
  const taken = Array.from(names, async (name) => {
    const turn = await turns.take();
    had.push(name);
    return turn;
  });
  return { taken, had: async () => vi.advanceTimersByTimeAsync(0).then(() => had.join('')) };
}

test('so many at a time, in order, and leaving twice frees one place', async () => {
  const { taken, had } = line(new Turns(2), 'abcd');
  expect(await had()).toBe('ab');
  const first = await taken[0];
  first?.();
  first?.();
  expect(await had()).toBe('abc');
  (await taken[1])?.();
  expect(await had()).toBe('abcd');
});

test('a turn lasts a moment, whoever is slow; ended after that, it is not given away again', async () => {
  const { taken, had } = line(new Turns(2), 'abcde');
  await vi.advanceTimersByTimeAsync(249);
  expect(await had()).toBe('ab');
  await vi.advanceTimersByTimeAsync(1);
  expect(await had()).toBe('abcd');
  (await taken[0])?.();
  (await taken[1])?.();
  expect(await had()).toBe('abcd');
  await vi.advanceTimersByTimeAsync(250);
  expect(await had()).toBe('abcde');
});
