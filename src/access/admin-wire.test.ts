import { expect, test } from 'vitest';
import type { KeyRecord } from '../store/index.ts';
import { readKeyChanges, readKeyPage, readNewKey, toPublicKey, toPublicKeyList } from './admin-wire.ts';

const now = Date.parse('2026-11-23T00:00:00Z');

const record: KeyRecord = {
  id: 'key_1',
  name: 'shop',
  mode: 'live',
  preview: 'rt_live_ab…wxyz',
  models: ['local/retouch'],
  createdAt: now,
  expiresAt: null,
  revokedAt: now + 1_000,
};

test('a new key needs a name and a mode', () => {
  expect(readNewKey({ name: ' shop ', mode: 'live' }, now)).toEqual({ name: 'shop', mode: 'live' });
});

test('a new key may be limited in models and time', () => {
  const body = {
    name: 'shop',
    mode: 'test',
    models: ['local/retouch'],
    expires_at: '2026-12-24T18:00:00.5+01:00',
  };
  expect(readNewKey(body, now)).toEqual({
    name: 'shop',
    mode: 'test',
    models: ['local/retouch'],
    expiresAt: Date.parse('2026-12-24T17:00:00.500Z'),
  });
  const unlimited = { name: 'shop', mode: 'test', models: null, expires_at: null };
  expect(readNewKey(unlimited, now)).toEqual({ name: 'shop', mode: 'test', models: null, expiresAt: null });
});

test.each([
  [
    { mode: 'live' },
    'missing_required_parameter',
    'name',
    '"name" must be a text of 1 to 100 characters, without control characters.',
  ],
  [{ name: 'a' }, 'missing_required_parameter', 'mode', '"mode" must be "live" or "test".'],
  [{ name: '  ', mode: 'live' }, 'invalid_value', 'name', expect.stringContaining('; it is "  ".')],
  [{ name: 'x'.repeat(101), mode: 'live' }, 'invalid_value', 'name', expect.stringMatching(/x{90}\.$/)],
  [{ name: 'a\nb', mode: 'live' }, 'invalid_value', 'name', expect.stringContaining(String.raw`"a\nb"`)],
  [{ name: ['a'], mode: 'live' }, 'invalid_value', 'name', expect.anything()],
  [{ name: 'a', mode: 'admin' }, 'invalid_value', 'mode', '"mode" must be "live" or "test"; it is "admin".'],
  [{ name: 'a', mode: 'live', models: [] }, 'invalid_value', 'models', expect.anything()],
  [{ name: 'a', mode: 'live', models: 'local/retouch' }, 'invalid_value', 'models', expect.anything()],
  [{ name: 'a', mode: 'live', models: [1] }, 'invalid_value', 'models', expect.anything()],
  [
    { name: 'a', mode: 'live', expires_at: '2026-11-23T00:00:00Z' },
    'invalid_value',
    'expires_at',
    expect.stringContaining('in the future'),
  ],
  [
    { name: 'a', mode: 'live', expires_at: '2027-02-30T00:00:00Z' },
    'invalid_value',
    'expires_at',
    expect.anything(),
  ],
  [{ name: 'a', mode: 'live', expires_at: 'tomorrow' }, 'invalid_value', 'expires_at', expect.anything()],
  [{ name: 'a', mode: 'live', expires_at: 1_900_000_000 }, 'invalid_value', 'expires_at', expect.anything()],
  [
    { name: 'a', mode: 'live', budget: 5 },
    'unknown_parameter',
    'budget',
    'There is no parameter "budget" here.',
  ],
  [
    JSON.parse('{"name":"a","mode":"live","__proto__":{"mode":"test"}}'),
    'unknown_parameter',
    '__proto__',
    expect.anything(),
  ],
  [null, 'invalid_value', undefined, 'The body must be a JSON object.'],
  [[], 'invalid_value', undefined, 'The body must be a JSON object.'],
  ['a', 'invalid_value', undefined, 'The body must be a JSON object.'],
  [undefined, 'invalid_value', undefined, 'The body must be a JSON object.'],
])('refuses %j', (body, code, param, message) => {
  expect(() => readNewKey(body, now)).toThrow(expect.objectContaining({ code, param, message }));
});

test('a change may touch any of name, models and expiry, and nothing else', () => {
  expect(readKeyChanges({}, now)).toEqual({});
  expect(readKeyChanges({ name: 'new' }, now)).toEqual({ name: 'new' });
  expect(readKeyChanges({ models: null, expires_at: null }, now)).toEqual({ models: null, expiresAt: null });
  expect(() => readKeyChanges({ mode: 'test' }, now)).toThrow(
    expect.objectContaining({ code: 'unknown_parameter', param: 'mode' }),
  );
  expect(() => readKeyChanges({ name: null }, now)).toThrow(
    expect.objectContaining({ code: 'invalid_value' }),
  );
});

test('a page has 20 keys unless told otherwise', () => {
  expect(readKeyPage({})).toEqual({ limit: 20 });
  expect(readKeyPage({ limit: '100', after: 'key_1' })).toEqual({ limit: 100, after: 'key_1' });
  for (const limit of ['0', '101', '-1', 'all', '', ['1', '2']]) {
    expect(() => readKeyPage({ limit })).toThrow(
      expect.objectContaining({ code: 'invalid_value', param: 'limit' }),
    );
  }
  expect(() => readKeyPage({ page: '2' })).toThrow(expect.objectContaining({ code: 'unknown_parameter' }));
});

test('a key is shown in the names of the API, with times anyone can read', () => {
  expect(toPublicKey(record)).toEqual({
    id: 'key_1',
    object: 'key',
    name: 'shop',
    mode: 'live',
    models: ['local/retouch'],
    preview: 'rt_live_ab…wxyz',
    created_at: '2026-11-23T00:00:00.000Z',
    expires_at: null,
    revoked_at: '2026-11-23T00:00:01.000Z',
  });
});

test('a list says where the next page begins', () => {
  const list = toPublicKeyList({ records: [record], hasMore: true });
  expect(list).toEqual({ object: 'list', data: [toPublicKey(record)], has_more: true, last_id: 'key_1' });
  expect(toPublicKeyList({ records: [], hasMore: false })).toEqual({
    object: 'list',
    data: [],
    has_more: false,
    last_id: null,
  });
});
