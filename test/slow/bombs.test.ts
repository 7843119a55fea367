import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCorpus } from '../support/corpora.ts';
import { postEdit, toEntries } from '../support/edit-post.ts';
import { type GatewayProcess, spawnGateway } from '../support/process.ts';

/** Small files that become very large pictures. */
const bombs = openCorpus('own-bombs');
const names = ['avif', 'gif', 'jpg', 'png', 'svg', 'webp'].flatMap((ending) => bombs.list(ending));
const refusals = [
  'unsupported_image_format',
  'image_dimensions_too_large',
  'image_too_complex',
  'invalid_image_file',
];

let gateway: GatewayProcess;
let address: { url: string; api: string; liveKey: string };

beforeAll(async () => {
  gateway = await spawnGateway();
  const page = await gateway.printed(/Stop with/);
  const [url = ''] = /http:\/\/[^/\s]+/.exec(page) ?? [];
  address = { url, api: `${url}/api/v1`, liveKey: /rt_live_\w+/.exec(page)?.[0] ?? '' };
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function edit(name: string): Promise<string> {
  const entries = toEntries(
    ['model', 'local/retouch'],
    ['prompt', 'blur it slightly'],
    ['image', bombs.read(name)],
  );
  const response = await postEdit(address, entries);
  const body = (await response.json()) as { error?: { code: string } };
  expect([name, response.status]).toEqual([name, response.ok ? 200 : 400]);
  return body.error?.code ?? 'edited';
}

/** Asks every 50 ms; resolves with how long the answers took. */
async function probe(signal: AbortSignal): Promise<readonly number[]> {
  const times: number[] = [];
  while (!signal.aborted) {
    const startedMs = performance.now();
    expect((await fetch(`${address.url}/healthz`)).status).toBe(200);
    times.push(performance.now() - startedMs);
    await delay(50);
  }
  return times;
}

test.skipIf(bombs.isAbsent)('no bomb takes the gateway down, up in memory, or away from others', async () => {
  expect(names.length).toBe(20);
  const done = new AbortController();
  const probing = probe(done.signal);
  const outcomes = await Promise.all(names.map(edit));
  done.abort();
  const times = await probing;
  expect(outcomes).toContain('edited');
  for (const outcome of outcomes) expect(['edited', ...refusals]).toContain(outcome);
  expect(times.length).toBeGreaterThan(3);
  // 100 ms on a machine of its own; here other tests take their share.
  expect(Math.max(...times)).toBeLessThan(1_000);
  const status = await readFile(`/proc/${gateway.child.pid}/status`, 'utf8').catch(() => '');
  expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0)).toBeLessThan(512 * 1024);
  expect(gateway.output()).not.toContain('internal_error');
});

test.skipIf(bombs.isAbsent)('sixteen of the worst in one request are refused at once', async () => {
  const worst = bombs.read('avif-7000sq.avif');
  const images = Array.from({ length: 16 }, () => ['image[]', worst] as const);
  const startedMs = performance.now();
  const response = await postEdit(address, [['model', 'gpt-image-2'], ['prompt', 'a'], ...images]);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { code: 'unsupported_image_format', param: 'image[0]' },
  });
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
