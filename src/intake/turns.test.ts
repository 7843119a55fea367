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

test('who makes no progress loses the turn; left after that, it is not given away again', async () => {
  const { taken, had } = line(new Turns(2), 'abcde');
  await vi.advanceTimersByTimeAsync(240);
  expect(await had()).toBe('ab');
  await vi.advanceTimersByTimeAsync(20);
  expect(await had()).toBe('abcd');
  (await taken[0])?.leave();
  (await taken[1])?.leave();
  expect(await had()).toBe('abcd');
});

test('who is quick keeps it, who trickles does not', async () => {
  const { taken, had } = line(new Turns(2), 'qtxyz');
  const [quick, trickling] = [await taken[0], await taken[1]];
  for (let step = 0; step < 12; step += 1) {
    await vi.advanceTimersByTimeAsync(50);
    quick?.earn(300_000);
    trickling?.earn(2_000);
  }
  // After 600 ms the place of the trickling one has gone round twice.
  expect(await had()).toBe('qtxy');
  quick?.leave();
  expect(await had()).toBe('qtxyz');
});
