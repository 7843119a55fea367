import { once } from 'node:events';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { openSocket, postEdit, readToEnd, toEditHead, toEntries, toPictures } from '../support/edit-post.ts';
import { readLedger } from '../support/ledger.ts';
import { type GatewayProcess, spawnGateway } from '../support/process.ts';
import { type ScriptedOpenai, startScriptedOpenai } from '../support/scripted-openai.ts';
import { createPng } from '../support/small-png.ts';

let vendor: ScriptedOpenai;

beforeAll(async () => {
  vendor = await startScriptedOpenai();
});
afterAll(() => vendor.close());

const answered = createPng({ width: 1024, height: 1024, provenanceBytes: 300 });

const environmentOf = ({ key, url }: ScriptedOpenai) => ({ OPENAI_API_KEY: key, OPENAI_BASE_URL: url });

async function start(environment: Record<string, string> = {}) {
  const gateway = await spawnGateway({ ...environmentOf(vendor), ...environment });
  return { gateway, ...(await readAddress(gateway)) };
}

async function readAddress(gateway: GatewayProcess) {
  const page = await gateway.printed(/Stop with/);
  const [url = ''] = /http:\/\/[^/\s]+/.exec(page) ?? [];
  const [liveKey = ''] = /rt_live_\w+/.exec(page) ?? [];
  const [testKey = ''] = /rt_test_\w+/.exec(page) ?? [];
  return { url, api: `${url}/api/v1`, liveKey, testKey };
}

const listSpool = (dataDirectory: string) =>
  readdir(join(dataDirectory, 'spool'), { recursive: true }).catch(() => []);

test('SIGTERM lets a running edit finish, takes no new one, and ends well', async () => {
  const { gateway, ...address } = await start();
  await using _ = gateway;
  const callsBefore = vendor.calls.length;
  vendor.script({ delayMs: 2_500 });
  const running = postEdit(address, toEntries());
  await expect.poll(() => vendor.calls.length).toBe(callsBefore + 1);
  expect((await fetch(`${address.url}/readyz`)).status).toBe(200);
  gateway.child.kill('SIGTERM');
  await gateway.printed(/Stopping: running edits finish first/);
  expect((await fetch(`${address.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${address.url}/healthz`)).status).toBe(200);
  const late = await postEdit(address, toEntries());
  expect([late.status, late.headers.get('x-should-retry'), await late.json()]).toMatchObject([
    503,
    'true',
    { error: { code: 'server_stopping' } },
  ]);
  const answer = (await (await running).json()) as { data: { b64_json: string }[] };
  expect(toPictures(answer).map(toSha256)).toEqual([toSha256(answered)]);
  expect(await gateway.exited()).toBe(0);
  expect(vendor.calls.length).toBe(callsBefore + 1);
  expect(readLedger(gateway)).toMatchObject([{ state: 'settled' }]);
});

test('SIGINT without work ends at once, and connections that idle do not hold it up', async () => {
  const { gateway, ...address } = await start();
  await using _ = gateway;
  const idle = await openSocket(address);
  await fetch(`${address.url}/healthz`);
  const stoppedMs = performance.now();
  gateway.child.kill('SIGINT');
  expect(await gateway.exited()).toBe(0);
  expect(performance.now() - stoppedMs).toBeLessThan(8_000);
  idle.destroy();
});

test('a second signal ends it at once', async () => {
  const { gateway, ...address } = await start();
  await using _ = gateway;
  const callsBefore = vendor.calls.length;
  vendor.script({ delayMs: 20_000 });
  const running = postEdit(address, toEntries()).catch((error: Error) => error.name);
  await expect.poll(() => vendor.calls.length).toBe(callsBefore + 1);
  gateway.child.kill('SIGTERM');
  await gateway.printed(/Stopping/);
  // Ctrl+C comes twice where npm is in between; that is one wish.
  gateway.child.kill('SIGTERM');
  await delay(1_200);
  expect(gateway.child.exitCode).toBeNull();
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited()).toBe(1);
  await running;
});

test('SIGTERM to npm start drains as well', async () => {
  await using gateway = await spawnGateway({ ...environmentOf(vendor) }, [], ['npm', 'start']);
  const address = await readAddress(gateway);
  const callsBefore = vendor.calls.length;
  vendor.script({ delayMs: 2_000 });
  const running = postEdit(address, toEntries());
  await expect.poll(() => vendor.calls.length).toBe(callsBefore + 1);
  gateway.child.kill('SIGTERM');
  const answer = await running;
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(await gateway.exited()).toBe(0);
});

test('an edit that outlasts the drain is cut with an error, and the next start knows that its outcome is unknown', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'retouch-drain-'));
  const environment = { RETOUCH_DATA_DIR: dataDirectory, RETOUCH_DRAIN_MS: '300' };
  const { gateway, ...address } = await start(environment);
  vendor.script({ delayMs: 20_000 });
  const callsBefore = vendor.calls.length;
  const running = postEdit(address, toEntries());
  await expect.poll(() => vendor.calls.length).toBe(callsBefore + 1);
  gateway.child.kill('SIGTERM');
  const answer = await running;
  expect([answer.status, answer.headers.get('x-should-retry'), await answer.json()]).toMatchObject([
    504,
    'false',
    {
      error: {
        code: 'upstream_outcome_unknown',
        message: expect.stringContaining('the gateway is stopping'),
      },
    },
  ]);
  expect(await gateway.exited()).toBe(0);
  await using again = (await start(environment)).gateway;
  expect(readLedger(again)).toMatchObject([{ state: 'unknown', error_code: 'upstream_outcome_unknown' }]);
});

test('what costs nothing and outlasts the drain is told to come again: slow edits, uploads that drip', async () => {
  const { gateway, ...address } = await start({ RETOUCH_DRAIN_MS: '300' });
  await using _ = gateway;
  const wishes = { key: address.testKey, headers: { 'retouch-simulate': 'slow=20s' } };
  const edits = [[], [['stream', 'true'] as const]].map((more) =>
    postEdit(address, toEntries(...more), wishes),
  );
  const socket = await openSocket(address);
  const upload = readToEnd(socket);
  socket.write(`${toEditHead(address, 'application/json', 100000)}{"model"`);
  await delay(500);
  gateway.child.kill('SIGTERM');
  for (const edit of edits) {
    const answer = await edit;
    expect([answer.status, answer.headers.get('x-should-retry'), await answer.json()]).toMatchObject([
      503,
      'true',
      { error: { code: 'server_stopping' } },
    ]);
  }
  expect(await upload).toMatchObject({
    status: 503,
    text: expect.stringMatching(/"code":"server_stopping"/),
  });
  expect(await gateway.exited()).toBe(0);
  expect(gateway.output()).not.toMatch(/database is closed|could not be recorded/);
  expect(readLedger(gateway).map(({ state, error_code }) => [state, error_code])).toEqual([
    ['failed', 'server_stopping'],
    ['failed', 'server_stopping'],
  ]);
});

test('a picture that is being fetched comes whole', async () => {
  const { gateway, ...address } = await start();
  await using _ = gateway;
  vendor.script({ pictureBytes: 8_000_000 });
  const edited = await postEdit(address, toEntries(['response_format', 'url']));
  const { data } = (await edited.json()) as { data: { url: string }[] };
  const { pathname, search } = new URL(data[0]?.url ?? '');
  const socket = await openSocket(address);
  let bytes = 0;
  socket.on('data', (piece) => {
    bytes += piece.length;
    // A slow reader.
    socket.pause();
    setTimeout(() => socket.resume(), 20);
  });
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  await expect.poll(() => bytes).toBeGreaterThan(0);
  gateway.child.kill('SIGTERM');
  await once(socket, 'close');
  expect(bytes).toBeGreaterThan(8_000_000);
  expect(await gateway.exited()).toBe(0);
});

test('after kill -9 the next start sweeps what was left, and knows which edit was at the vendor', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'retouch-kill-'));
  const environment = { RETOUCH_DATA_DIR: dataDirectory, RETOUCH_SPOOL_MEMORY_BYTES: '0' };
  const { gateway, ...address } = await start(environment);
  const callsBefore = vendor.calls.length;
  vendor.script({ delayMs: 20_000 });
  const running = postEdit(address, toEntries()).catch((error: Error) => error.name);
  await expect.poll(() => vendor.calls.length).toBe(callsBefore + 1);
  expect(await listSpool(dataDirectory)).not.toEqual([]);
  gateway.child.kill('SIGKILL');
  await gateway.exited();
  await running;
  expect(await listSpool(dataDirectory)).not.toEqual([]);
  await using again = (await start(environment)).gateway;
  expect(await listSpool(dataDirectory)).toEqual([]);
  expect(readLedger(again)).toMatchObject([{ state: 'unknown', error_code: 'upstream_outcome_unknown' }]);
});
