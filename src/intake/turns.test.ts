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
  first?.leave();
  first?.leave();
  expect(await had()).toBe('abc');
  (await taken[1])?.leave();
  expect(await had()).toBe('abcd');
});

test('who does not get on loses the turn, who does keeps it', async () => {
  const { taken, had } = line(new Turns(2), 'abc');
  const kept = await taken[1];
  for (let step = 0; step < 3; step += 1) {
    await vi.advanceTimersByTimeAsync(900);
    kept?.keep();
  }
  expect(await had()).toBe('abc');
  const late = line(new Turns(0), 'x');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await late.had()).toBe('');
});

test('one that was lost is not given away again when it is left', async () => {
  const { taken, had } = line(new Turns(1), 'abc');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await had()).toBe('ab');
  (await taken[0])?.leave();
  expect(await had()).toBe('ab');
});
