import { expect, test } from 'vitest';
import { countCommits, openTestStore } from '../../test/support/database.ts';
import type { NewKeyRecord } from './keys.ts';
import { ConstraintViolation } from './sqlite/fault.ts';

const toKey = (id: string, more: Partial<NewKeyRecord> = {}): NewKeyRecord => ({
  id,
  name: `name of ${id}`,
  mode: 'live',
  hash: `hash of ${id}`,
  preview: 'rt_live_ab…wxyz',
  models: null,
  createdAt: 1_000,
  expiresAt: null,
  revokedAt: null,
  ...more,
});

test('a key is found by its id and its hash, as it was written but without the hash', async () => {
  const { store } = await openTestStore();
  const { hash, ...record } = toKey('a', {
    name: 'naïve 名前 👩‍🎨 \0 \'"; drop table keys; --',
    models: ['local/retouch', 'openai/gpt-image-2'],
    createdAt: 1_795_000_000_123,
    expiresAt: 1_895_000_000_456,
  });
  await store.keys.insert({ ...record, hash });
  expect(await store.keys.find('a')).toEqual(record);
  expect(await store.keys.findByHash(hash)).toEqual(record);
  expect(await store.keys.find('b')).toBeUndefined();
  expect(await store.keys.findByHash('a')).toBeUndefined();
});

test('keys written at once share one commit', async () => {
  const { store, path } = await openTestStore();
  const before = await countCommits(path);
  await Promise.all(Array.from({ length: 50 }, (_, number) => store.keys.insert(toKey(`key ${number}`))));
  expect(await countCommits(path)).toBe(before + 1);
});

test('two keys never share a hash', async () => {
  const { store } = await openTestStore();
  await store.keys.insert(toKey('a'));
  await expect(store.keys.insert(toKey('b', { hash: 'hash of a' }))).rejects.toThrow(ConstraintViolation);
  expect(await store.keys.find('b')).toBeUndefined();
});

test('pages go from the newest to the oldest, each key once, also where many are of one moment', async () => {
  const { store } = await openTestStore();
  const keys = Array.from({ length: 25 }, (_, index) =>
    toKey(`key ${index}`, { createdAt: Math.floor(index / 10) }),
  );
  await Promise.all(keys.map((key) => store.keys.insert(key)));
  const first = await store.keys.list(10);
  const second = await store.keys.list(10, first.at(-1));
  const third = await store.keys.list(10, second.at(-1));
  const pages = [first, second, third];
  expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
  expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(25);
  const times = pages.flat().map(({ createdAt }) => createdAt);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test('only what is given changes', async () => {
  const { store } = await openTestStore();
  const { hash, ...record } = toKey('a', { models: ['m'], expiresAt: 5 });
  await store.keys.insert({ ...record, hash });
  expect(await store.keys.update('a', {})).toEqual(record);
  expect(await store.keys.update('a', { name: 'new' })).toEqual({ ...record, name: 'new' });
  expect(await store.keys.update('a', { models: null, expiresAt: null })).toEqual({
    ...record,
    name: 'new',
    models: null,
    expiresAt: null,
  });
  expect(await store.keys.update('b', { name: 'new' })).toBeUndefined();
});

test('a revoked key keeps the time of its first revocation', async () => {
  const { store } = await openTestStore();
  await store.keys.insert(toKey('a'));
  expect(await store.keys.revoke('a', 2_000)).toMatchObject({ revokedAt: 2_000 });
  expect(await store.keys.revoke('a', 3_000)).toMatchObject({ revokedAt: 2_000 });
  expect(await store.keys.revoke('b', 3_000)).toBeUndefined();
  expect(await store.keys.list(10)).toMatchObject([{ id: 'a', revokedAt: 2_000 }]);
});

test('first keys are written once, whole, with their settings', async () => {
  const { store } = await openTestStore();
  const settings = [{ name: 'begun', value: 'now' }];
  expect(await store.keys.insertFirst([toKey('a'), toKey('b')], settings)).toBe(true);
  expect(
    await store.keys.insertFirst([toKey('c'), toKey('d')], [{ name: 'other', value: '' }, ...settings]),
  ).toBe(false);
  expect((await store.keys.list(10)).map(({ id }) => id)).toEqual(['b', 'a']);
  expect(await store.settings.find('begun')).toBe('now');
  expect(await store.settings.find('other')).toBeUndefined();
});

test('of two who keep a setting at once, both get the same value', async () => {
  const { store } = await openTestStore();
  expect(await store.settings.find('secret')).toBeUndefined();
  const values = await Promise.all(
    ['one', 'two', 'three'].map((value) => store.settings.keep('secret', value)),
  );
  expect(new Set(values).size).toBe(1);
  expect(await store.settings.keep('secret', 'four')).toBe(values[0]);
});
