import { expect, test } from 'vitest';
import { createFairSlots } from './fair-slots.ts';

const { signal } = new AbortController();
const full = new Error('full');
const open = (maxWaiting = 10) =>
  createFairSlots({ places: 3, placesPerKey: 2, maxWaiting, refuse: () => full });

test('a key that wants all places leaves one to others, and goes on when it gives one back', async () => {
  const slots = open();
  const order: string[] = [];
  const enter = async (keyId: string) => {
    const leave = await slots.acquire(keyId, signal);
    order.push(keyId);
    return leave;
  };
  const greedy = Array.from({ length: 5 }, () => enter('greedy'));
  const other = enter('other');
  const leave = await greedy[0];
  const leaveOther = await other;
  expect(order).toEqual(['greedy', 'greedy', 'other']);
  leave?.();
  leave?.();
  leaveOther();
  await greedy[2];
  expect(order).toEqual(['greedy', 'greedy', 'other', 'greedy']);
});

test('all keys together have no more than there are, and a full line refuses', async () => {
  const slots = open(1);
  await Promise.all(['one', 'one', 'two'].map((keyId) => slots.acquire(keyId, signal)));
  const waiting = slots.acquire('two', signal);
  waiting.catch(() => undefined);
  await expect(slots.acquire('three', signal)).rejects.toBe(full);
  void slots.acquire('one', signal);
  await expect(slots.acquire('one', signal)).rejects.toBe(full);
});

test('who gives up in the common line has no place of the key either', async () => {
  const slots = open();
  const [leave] = await Promise.all(['one', 'one', 'two'].map((keyId) => slots.acquire(keyId, signal)));
  const patience = new AbortController();
  const lost = ['three', 'three'].map((keyId) => slots.acquire(keyId, patience.signal));
  patience.abort(new Error('enough'));
  for (const one of lost) await expect(one).rejects.toThrow('enough');
  const next = slots.acquire('three', signal);
  leave?.();
  await expect(next).resolves.toBeTypeOf('function');
});
