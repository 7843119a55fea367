import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openTestStore } from '../../test/support/database.ts';
import { openStore } from '../store/index.ts';
import { createAccess } from './access.ts';

async function openAccess(adminKey?: string) {
  const { store, path } = await openTestStore();
  const access = createAccess({ store, clock: () => 1_795_000_000_000, adminKey });
  return { access, store, path };
}

test('a created key is shown once and stored only as a hash', async () => {
  const { access, path } = await openAccess();
  const first = await access.firstStart();
  const { record, key } = await access.keys.create({ name: 'shop', mode: 'live' });
  expect(record).toEqual({
    id: expect.stringMatching(/^key_[0-9A-Za-z]{22}$/),
    name: 'shop',
    mode: 'live',
    preview: `${key.slice(0, 10)}…${key.slice(-4)}`,
    models: null,
    createdAt: 1_795_000_000_000,
    expiresAt: null,
    revokedAt: null,
  });
  expect(await access.keys.get(record.id)).toEqual(record);
  const files = await Promise.all(['', '-wal'].map((end) => readFile(path + end, 'latin1')));
  expect(files.join()).toContain('shop');
  for (const secret of [key, first?.admin ?? '', ...Object.values(first?.callers ?? {})]) {
    expect(files.join()).not.toContain(secret.slice(10, 40));
  }
});

test('the list is paged from the newest on, and says whether there is more', async () => {
  const { store } = await openTestStore();
  const time = { now: 0 };
  const { keys } = createAccess({ store, clock: () => time.now });
  for (const name of ['a', 'b', 'c']) {
    time.now += 1;
    await keys.create({ name, mode: 'test' });
  }
  const first = await keys.list({ limit: 2 });
  expect(first).toMatchObject({ records: [{ name: 'c' }, { name: 'b' }], hasMore: true });
  const rest = await keys.list({ limit: 2, after: first.records[1]?.id ?? '' });
  expect(rest).toMatchObject({ records: [{ name: 'a' }], hasMore: false });
});

test('an unknown id is told, whatever is asked of it', async () => {
  const { keys } = (await openAccess()).access;
  const id = `key_${'x'.repeat(1_000)}\n`;
  const asked = [
    keys.get(id),
    keys.update(id, { name: 'a' }),
    keys.revoke(id),
    keys.list({ limit: 1, after: id }),
  ];
  for (const result of await Promise.allSettled(asked)) {
    expect(result).toMatchObject({
      reason: {
        code: 'key_not_found',
        message: `No key has the id "key_${'x'.repeat(36)}". GET /admin/v1/keys lists all keys.`,
      },
    });
  }
});

test('the first start makes a live, a test and an admin key that work', async () => {
  const { access } = await openAccess();
  const first = await access.firstStart();
  expect(await access.authenticate(`Bearer ${first?.callers?.live}`)).toMatchObject({
    keyName: 'first live key',
    mode: 'live',
  });
  expect(await access.authenticate(`Bearer ${first?.callers?.test}`)).toMatchObject({
    keyName: 'first test key',
    mode: 'test',
  });
  await access.authenticateAdmin(`Bearer ${first?.admin}`);
});

test('where the operator has set an admin key, none is made', async () => {
  const { access } = await openAccess('an admin key of my own');
  const first = await access.firstStart();
  expect(Object.keys(first ?? {})).toEqual(['callers']);
});

test('where the operator no longer sets an admin key, one is made at the next start, once', async () => {
  const { access, store } = await openAccess('an admin key of my own');
  await access.firstStart();
  const later = createAccess({ store, clock: Date.now });
  const made = await later.firstStart();
  expect(Object.keys(made ?? {})).toEqual(['admin']);
  await later.authenticateAdmin(`Bearer ${made?.admin}`);
  expect(await later.firstStart()).toBeUndefined();
});

test('first keys are made exactly once, also by many at the same time', async () => {
  const { access, store, path } = await openAccess();
  const results = await Promise.all(Array.from({ length: 20 }, () => access.firstStart()));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(await access.keys.list({ limit: 100 })).toMatchObject({ records: { length: 2 } });
  await store.close();

  const reopened = await openStore({ path });
  const later = createAccess({ store: reopened, clock: Date.now });
  expect(await later.firstStart()).toBeUndefined();
  expect(await later.keys.list({ limit: 100 })).toMatchObject({ records: { length: 2 } });
  await reopened.close();
});

test('links are signed with the same 32 bytes for ever', async () => {
  const { access, store, path } = await openAccess();
  const secrets = await Promise.all([access.linkSecret(), access.linkSecret()]);
  expect(secrets[0]).toHaveLength(32);
  expect(secrets[1]).toEqual(secrets[0]);
  await store.close();
  const reopened = await openStore({ path });
  expect(await createAccess({ store: reopened, clock: Date.now }).linkSecret()).toEqual(secrets[0]);
  await reopened.close();
});
