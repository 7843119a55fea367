import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postEdit, toEntries } from '../support/edit-post.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeAll(async () => {
  started = await startVendorGateway();
});
afterAll(() => started.close());

interface Key {
  id: string;
  key: string;
  error?: { code: string; param: string | null };
}

async function admin(method: string, path: string, body?: object, key = started.gateway.adminKey) {
  const response = await fetch(`${started.gateway.url}/admin/v1/keys${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Key };
}

const edit = (key: string, model = 'gpt-image-2') =>
  postEdit(started.gateway, toEntries(['model', model]), { key });

/** The connection is kept or not by how much of the body had come. */
const varying = ['x-request-id', 'date', 'connection', 'keep-alive'];

async function refusal(response: Response) {
  const { error } = (await response.json()) as { error: object };
  const headers = [...response.headers].filter(([name]) => !varying.includes(name));
  return { status: response.status, error, headers };
}

test('a key is made, shown once, listed without itself, changed, and revoked at once', async () => {
  const made = await admin('POST', '', { name: 'shop', mode: 'live' });
  expect(made.status).toBe(201);
  expect(made.headers.get('cache-control')).toBe('no-store');
  expect(made.body).toMatchObject({
    object: 'key',
    name: 'shop',
    mode: 'live',
    models: null,
    revoked_at: null,
  });
  const { id, key } = made.body;
  expect(key).toMatch(/^rt_live_[0-9A-Za-z]{38}$/);
  expect((await edit(key)).status).toBe(200);

  const one = await admin('GET', `/${id}`);
  expect(one.body).toMatchObject({ id, name: 'shop' });
  const list = await admin('GET', '?limit=100');
  expect(list.body).toMatchObject({ object: 'list', data: expect.arrayContaining([one.body]) });
  for (const { body } of [one, list]) expect(JSON.stringify(body)).not.toContain(key);

  const changed = await admin('PATCH', `/${id}`, { name: 'new shop', models: ['local/retouch'] });
  expect(changed.body).toMatchObject({ id, name: 'new shop', models: ['local/retouch'] });
  expect(await refusal(await edit(key))).toMatchObject({ status: 403, error: { code: 'model_not_allowed' } });
  await admin('PATCH', `/${id}`, { models: null });
  expect((await edit(key)).status).toBe(200);

  const revoked = await admin('DELETE', `/${id}`);
  expect(revoked.body).toMatchObject({ id, revoked_at: expect.stringMatching(/^\d{4}-/) });
  expect(await refusal(await edit(key))).toMatchObject({ status: 401, error: { code: 'invalid_api_key' } });
  expect((await admin('GET', `/${id}`)).body).toMatchObject({ id, revoked_at: expect.any(String) });
});

test('keys that are mistyped, unknown, revoked and expired get the very same answer', async () => {
  const revoked = (await admin('POST', '', { name: 'revoked', mode: 'live' })).body;
  await admin('DELETE', `/${revoked.id}`);
  const soon = new Date(Date.now() + 2_000).toISOString();
  const expiring = (await admin('POST', '', { name: 'expiring', mode: 'test', expires_at: soon })).body;
  expect((await edit(expiring.key)).status).toBe(200);
  await delay(2_000);
  const other = await startVendorGateway();
  const unknown = other.gateway.liveKey;
  await other.close();
  const mistyped = `${started.gateway.liveKey.slice(0, -1)}_`;
  const answers = [];
  for (const key of [revoked.key, expiring.key, unknown, mistyped, 'nonsense']) {
    answers.push(await refusal(await edit(key)));
  }
  expect(answers[0]).toMatchObject({ status: 401, error: { code: 'invalid_api_key' } });
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

test('a key for certain models edits with those, by any of their names, and is told of the others', async () => {
  const { key } = (await admin('POST', '', { name: 'limited', mode: 'live', models: ['openai/gpt-image-2'] }))
    .body;
  for (const name of ['gpt-image-2', 'openai/gpt-image-2-2026-04-21'])
    expect((await edit(key, name)).status).toBe(200);
  const callsBefore = started.vendor.calls.length;
  expect(await refusal(await edit(key, 'openai/gpt-image-1.5'))).toMatchObject({
    status: 403,
    error: {
      code: 'model_not_allowed',
      param: 'model',
      message: expect.stringContaining('openai/gpt-image-2'),
    },
  });
  const fallback = await postEdit(started.gateway, toEntries(['models[]', 'gpt-image-1.5']), { key });
  expect(fallback.status).toBe(403);
  expect(started.vendor.calls.length).toBe(callsBefore);
});

test('the list is paged, newest first', async () => {
  for (const name of ['first', 'second', 'third']) await admin('POST', '', { name, mode: 'test' });
  const page = (await admin('GET', '?limit=2')).body as unknown as {
    data: { name: string }[];
    last_id: string;
  };
  expect(page.data.map(({ name }) => name)).toEqual(['third', 'second']);
  const next = (await admin('GET', `?limit=1&after=${page.last_id}`)).body as unknown as typeof page;
  expect(next).toMatchObject({ data: [{ name: 'first' }], has_more: true });
});

test.each<[string, object, string, string | null]>([
  ['no name', { mode: 'live' }, 'missing_required_parameter', 'name'],
  ['no mode', { name: 'a' }, 'missing_required_parameter', 'mode'],
  ['another mode', { name: 'a', mode: 'admin' }, 'invalid_value', 'mode'],
  ['an unknown field', { name: 'a', mode: 'live', budget: 5 }, 'unknown_parameter', 'budget'],
  ['an unknown model', { name: 'a', mode: 'live', models: ['gpt-image-9'] }, 'invalid_value', 'models'],
  [
    'a moment that has passed',
    { name: 'a', mode: 'live', expires_at: '2020-01-01T00:00:00Z' },
    'invalid_value',
    'expires_at',
  ],
])('a key with %s is not made', async (_name, body, code, param) => {
  expect(await admin('POST', '', body)).toMatchObject({ body: { error: { code, param } } });
});

test('only the admin key administers, and only other keys edit', async () => {
  const { gateway } = started;
  const forbidden = await admin('GET', '', undefined, gateway.liveKey);
  expect(forbidden).toMatchObject({ status: 403, body: { error: { code: 'wrong_key_kind' } } });
  const unknown = await admin('GET', '', undefined, 'nonsense');
  expect(unknown).toMatchObject({ status: 401, body: { error: { code: 'invalid_api_key' } } });
  expect((await edit(gateway.adminKey)).status).toBe(403);
  expect((await admin('PATCH', '/key_nobody', { name: 'a' })).status).toBe(404);
  expect((await admin('DELETE', '/key_nobody')).status).toBe(404);
});

test('no key is kept in clear, neither in the log nor in the data folder', async () => {
  const { key } = (await admin('POST', '', { name: 'canary', mode: 'live' })).body;
  await edit(key);
  const search = (word: string) =>
    promisify(execFile)('grep', ['-rlaF', word, started.gateway.dataDirectory]).then(
      ({ stdout }) => stdout.trim(),
      ({ stdout }: { stdout: string }) => stdout,
    );
  expect(await search('canary')).toContain('retouch.db');
  expect(await search(key)).toBe('');
  expect(JSON.stringify(started.gateway.log)).not.toContain(key);
});

test('health and models need no key, and anything else does', async () => {
  const status = async (path: string, method = 'GET') =>
    (await fetch(started.gateway.url + path, { method })).status;
  expect(await status('/healthz')).toBe(200);
  expect(await status('/readyz')).toBe(200);
  expect(await status('/api/v1/models')).toBe(200);
  expect(await status('/v1/models/openai%2Fgpt-image-2')).toBe(200);
  expect(await status('/api/v1/images/edits', 'POST')).toBe(401);
  expect(await status('/admin/v1/keys')).toBe(401);
});
