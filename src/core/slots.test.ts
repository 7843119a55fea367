import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

const { signal } = new AbortController();
const full = new Error('full');
const open = (places: number, waiting: number) => createSlots(places, waiting, () => full);

test('a place is taken, waited for in line, and given on', async () => {
  const slots = open(1, 2);
  const order: string[] = [];
  const release = await slots.acquire(signal);
  const wait = async (name: string) => {
    const next = await slots.acquire(signal);
    order.push(name);
    return next;
  };
  const second = wait('second');
  const third = wait('third');
  await expect(slots.acquire(signal)).rejects.toBe(full);
  release();
  release();
  (await second)();
  (await third)();
  expect(order).toEqual(['second', 'third']);
});

test('who gives up while waiting leaves the line, and loses no place', async () => {
  const slots = open(1, 1);
  const release = await slots.acquire(signal);
  const patience = new AbortController();
  const waiting = slots.acquire(patience.signal);
  patience.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  release();
  await expect(slots.acquire(signal)).resolves.toBeTypeOf('function');
});

test('who has given up before is not let in', async () => {
  await expect(open(1, 1).acquire(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
});

test('giving a place back twice makes no second one', async () => {
  const slots = open(1, 0);
  const release = await slots.acquire(signal);
  release();
  release();
  await slots.acquire(signal);
  await expect(slots.acquire(signal)).rejects.toBe(full);
});
