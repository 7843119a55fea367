import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openTestStore } from '../../test/support/database.ts';
import { RetouchError } from '../core/errors.ts';
import type { Store } from '../store/index.ts';
import { createAccess } from './access.ts';
import { createKeyText } from './key-text.ts';

const adminKey = 'an admin key with spaces';
const invalid = {
  code: 'invalid_api_key',
  message:
    'The API key is not valid: it is mistyped, unknown, revoked or expired. Check it, or ask the operator of this gateway for another.',
};

/** The real store, counting the look-ups. */
function countReads(store: Store) {
  const reads = { count: 0 };
  const counted = <A extends unknown[], R>(read: (...given: A) => R) => {
    return (...given: A): R => {
      reads.count += 1;
      return read(...given);
    };
  };
  const keys = { ...store.keys, findByHash: counted(store.keys.findByHash), find: counted(store.keys.find) };
  return {
    reads,
    store: { ...store, keys, settings: { ...store.settings, find: counted(store.settings.find) } },
  };
}

async function openAccess(own?: string) {
  const { store, reads } = countReads((await openTestStore()).store);
  const time = { now: 1_000 };
  const access = createAccess({ store, clock: () => time.now, adminKey: own });
  const refusal = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RetouchError);
    const { code, message } = error as RetouchError;
    return { code, message };
  };
  const refused = (header?: string) => refusal(access.authenticate(header));
  const refusedAdmin = (header?: string) => refusal(access.authenticateAdmin(header));
  return { access, store, reads, time, refused, refusedAdmin };
}

test('a key says who is calling', async () => {
  const { access } = await openAccess();
  const live = await access.keys.create({ name: 'shop', mode: 'live' });
  const limited = await access.keys.create({ name: 'trial', mode: 'test', models: ['local/retouch'] });
  expect(await access.authenticate(`Bearer ${live.key}`)).toEqual({
    keyId: live.record.id,
    keyName: 'shop',
    mode: 'live',
  });
  expect(await access.authenticate(`Bearer ${limited.key}`)).toEqual({
    keyId: limited.record.id,
    keyName: 'trial',
    mode: 'test',
    models: ['local/retouch'],
  });
});

test('the scheme may be in any case, with spaces around', async () => {
  const { access } = await openAccess();
  const { key, record } = await access.keys.create({ name: 'shop', mode: 'live' });
  for (const header of [`bearer ${key}`, `BEARER   ${key}  `, `  Bearer ${key}`]) {
    expect(await access.authenticate(header)).toMatchObject({ keyId: record.id });
  }
});

test.each([undefined, '', ' ', 'Bearer', 'Bearer  ', 'Basic dXNlcjpwYXNz', 'rt_live_abc', 'Bearerx'])(
  'no key in %j',
  async (header) => {
    const { refused, refusedAdmin, reads } = await openAccess();
    expect(await refused(header)).toMatchObject({ code: 'missing_api_key' });
    expect(await refusedAdmin(header)).toMatchObject({ code: 'missing_api_key' });
    expect(reads.count).toBe(0);
  },
);

test('unknown, revoked and expired keys get the same answer by the same way', async () => {
  const { access, reads, time, refused, refusedAdmin } = await openAccess();
  const revoked = await access.keys.create({ name: 'revoked', mode: 'live' });
  await access.keys.revoke(revoked.record.id);
  const expired = await access.keys.create({ name: 'expired', mode: 'live', expiresAt: 2_000 });
  expect(await access.authenticate(`Bearer ${expired.key}`)).toMatchObject({ keyName: 'expired' });
  time.now = 2_000;
  for (const key of [createKeyText('live'), createKeyText('test'), revoked.key, expired.key]) {
    reads.count = 0;
    expect(await refused(`Bearer ${key}`)).toEqual(invalid);
    expect(await refusedAdmin(`Bearer ${key}`)).toEqual(invalid);
    expect(reads.count).toBe(2);
  }
  expect(await refused('Bearer mistyped')).toEqual(invalid);
});

test('a good key is looked up once in a while, and a change of it counts at once', async () => {
  const { access, reads, time, refused } = await openAccess();
  const { key, record } = await access.keys.create({ name: 'busy', mode: 'live' });
  const authenticate = () => access.authenticate(`Bearer ${key}`);
  reads.count = 0;
  await Promise.all([authenticate(), authenticate()]);
  await authenticate();
  expect(reads.count).toBe(1);
  time.now += 1_000;
  await authenticate();
  expect(reads.count).toBe(2);
  await access.keys.update(record.id, { name: 'renamed' });
  expect(await authenticate()).toMatchObject({ keyName: 'renamed' });
  const [, late] = await Promise.all([access.keys.revoke(record.id), authenticate().catch(() => undefined)]);
  expect(late === undefined || late.keyId === record.id).toBe(true);
  expect(await refused(`Bearer ${key}`)).toEqual(invalid);
});

test('a key that is changed after its creation is known as changed', async () => {
  const { access, time, refused } = await openAccess();
  const { key, record } = await access.keys.create({ name: 'shop', mode: 'live', expiresAt: 2_000 });
  time.now = 3_000;
  expect(await refused(`Bearer ${key}`)).toEqual(invalid);
  await access.keys.update(record.id, { expiresAt: null, models: ['m'], name: 'new' });
  expect(await access.authenticate(`Bearer ${key}`)).toMatchObject({ keyName: 'new', models: ['m'] });
});

test('a key with one wrong character is refused before the database is asked', async () => {
  const { access, reads, refused } = await openAccess();
  const { key } = await access.keys.create({ name: 'shop', mode: 'live' });
  for (let position = 0; position < key.length; position++) {
    const wrong = key[position] === 'A' ? 'B' : 'A';
    expect(await refused(`Bearer ${key.slice(0, position)}${wrong}${key.slice(position + 1)}`)).toEqual(
      invalid,
    );
  }
  expect(reads.count).toBe(0);
});

test('of 100,000 random keys, well formed and not, none is accepted', { timeout: 120_000 }, async () => {
  const { access, reads } = await openAccess();
  await access.firstStart();
  reads.count = 0;
  let accepted = 0;
  for (let round = 0; round < 100; round++) {
    const tries = Array.from({ length: 1_000 }, (_, index) => {
      const key = createKeyText('live');
      return access.authenticate(`Bearer ${index % 10 === 0 ? key : `${key.slice(0, -6)}000000`}`);
    });
    const results = await Promise.allSettled(tries);
    accepted += results.filter(({ status }) => status === 'fulfilled').length;
  }
  expect(accepted).toBe(0);
  expect(reads.count).toBe(10_000);
});

const hostile = [
  "' or '1'='1",
  "rt_live_'; drop table keys; --",
  '%00%0a',
  '\0',
  'a\r\nx-admin: true',
  '𝒶𝒷𝒸',
  'x'.repeat(100_000),
  ' '.repeat(100_000),
  `${' x'.repeat(50_000)}`,
  'Bearer '.repeat(1_000),
];

test('strange bytes are a wrong key, quickly, and nothing worse', async () => {
  const { refused, refusedAdmin } = await openAccess();
  const startedAt = performance.now();
  for (const text of hostile) {
    for (const header of [text, `Bearer ${text}`, `Bearer rt_live_${text}`]) {
      expect((await refused(header)).code).toMatch(/^(missing|invalid)_api_key$/);
      expect((await refusedAdmin(header)).code).toMatch(/^(missing|invalid)_api_key$/);
    }
  }
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

const blns = new URL('../../../shared/corpora/blns/blns.json', import.meta.url);

test.skipIf(!existsSync(blns))('naughty strings are wrong keys (needs ../shared/corpora/blns)', async () => {
  const { refused } = await openAccess(adminKey);
  const strings: string[] = JSON.parse(readFileSync(blns, 'utf8'));
  expect(strings.length).toBeGreaterThan(400);
  for (const text of strings)
    expect((await refused(`Bearer ${text}`)).code).toMatch(/^(missing|invalid)_api_key$/);
});

test("the operator's admin key administers and does not edit", async () => {
  const { access, refused, reads } = await openAccess(adminKey);
  await access.authenticateAdmin(`Bearer ${adminKey}`);
  expect(await refused(`Bearer ${adminKey}`)).toMatchObject({ code: 'wrong_key_kind' });
  expect(reads.count).toBe(0);
});

test('an admin key beyond ASCII arrives as UTF-8, which Node shows as latin1', async () => {
  const { access } = await openAccess('ein Schlüssel für 管理');
  const asSeen = Buffer.from('ein Schlüssel für 管理', 'utf8').toString('latin1');
  await access.authenticateAdmin(`Bearer ${asSeen}`);
});

test('the generated admin key administers and does not edit, until the operator sets one', async () => {
  const { access, store, refused } = await openAccess();
  const admin = (await access.firstStart())?.admin ?? '';
  await access.authenticateAdmin(`Bearer ${admin}`);
  expect(await refused(`Bearer ${admin}`)).toMatchObject({ code: 'wrong_key_kind' });

  const later = createAccess({ store, clock: () => 1_000, adminKey });
  await expect(later.authenticateAdmin(`Bearer ${admin}`)).rejects.toMatchObject(invalid);
  await expect(later.authenticate(`Bearer ${admin}`)).rejects.toMatchObject(invalid);
});

test('other admin keys are unknown keys, with and without a generated one', async () => {
  const { access, refused, refusedAdmin } = await openAccess();
  const stranger = `Bearer ${createKeyText('admin')}`;
  expect([await refused(stranger), await refusedAdmin(stranger)]).toEqual([invalid, invalid]);
  await access.firstStart();
  expect([await refused(stranger), await refusedAdmin(stranger)]).toEqual([invalid, invalid]);
});

test('a live or test key does not administer', async () => {
  const { access, refusedAdmin } = await openAccess(adminKey);
  for (const mode of ['live', 'test'] as const) {
    const { key } = await access.keys.create({ name: 'shop', mode });
    expect(await refusedAdmin(`Bearer ${key}`)).toMatchObject({ code: 'wrong_key_kind' });
  }
});

test('without its database nobody gets in, and the answer says whose fault it is', async () => {
  const { access, store, refused } = await openAccess();
  const { key } = await access.keys.create({ name: 'shop', mode: 'live' });
  await store.close();
  expect(await refused(`Bearer ${key}`)).toMatchObject({ code: 'storage_unavailable' });
});
