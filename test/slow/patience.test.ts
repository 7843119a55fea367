import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import OpenAI, { toFile } from 'openai';
import OpenAI6 from 'openai6';
import { afterAll, beforeAll, describe, type TestContext } from 'vitest';
import {
  encodeForm,
  openSocket,
  picture,
  postEdit,
  readToEnd,
  toEditHead,
  toEntries,
} from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

/** What takes many seconds of waiting and no work: all at the same time. */
describe.concurrent('with patience', (test) => {
  let started: Awaited<ReturnType<typeof startVendorGateway>>;
  beforeAll(async () => {
    started = await startVendorGateway();
  });
  afterAll(() => started.close());

  test('a stream that waits for its vendor has a comment every 15 seconds, and no client minds', async ({
    expect,
  }) => {
    const slow = await startVendorGateway();
    slow.vendor.script({ delayMs: 33_000 }, { delayMs: 16_000 });
    const response = await postEdit(slow.gateway, toEntries(['stream', 'true']));
    const text = await response.text();
    expect(text).toMatch(/^(: keep-alive\n\n){2}event: image_edit\.completed\n/);
    // Who would serve was not certain when the headers went out; the events tell.
    expect(response.headers.has('retouch-model')).toBe(false);
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(text).toContain('"model":"openai/gpt-image-2"');
    const client = new OpenAI({ baseURL: slow.gateway.api, apiKey: slow.gateway.liveKey });
    const events = await client.images.edit({
      model: 'gpt-image-2',
      image: await toFile(picture),
      prompt: 'a',
      stream: true,
    });
    const types: string[] = [];
    for await (const { type } of events) types.push(type);
    expect(types).toEqual(['image_edit.completed']);
    await slow.close();
  });

  test('a vendor that fails after the first comment is told by an error event', async ({ expect }) => {
    const slow = await startVendorGateway({ RETOUCH_UPSTREAM_HEADERS_TIMEOUT_MS: '17000' });
    slow.vendor.script('silent');
    const response = await postEdit(slow.gateway, toEntries(['stream', 'true']));
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toMatch(
      /^: keep-alive\n\nevent: error\ndata: \{"error":\{.*"code":"upstream_outcome_unknown".*\}\}\n\n$/,
    );
    await slow.close();
  });

  test('an upload that stalls is given up after 20 seconds, and told so', async ({ expect }) => {
    const { gateway, vendor } = await startVendorGateway();
    const socket = await openSocket(gateway);
    const answer = readToEnd(socket);
    const startedMs = performance.now();
    socket.write(`${toEditHead(gateway, 'multipart/form-data; boundary=b', 100000)}--b\r\n`);
    const { status, headers, text } = (await answer) ?? expect.unreachable('no answer');
    expect(performance.now() - startedMs).toBeGreaterThan(19_000);
    expect([status, JSON.parse(text).error.code]).toEqual([408, 'upload_too_slow']);
    expect(headers['x-should-retry']).toBe('false');
    expect(await gateway.spooledFiles()).toEqual([]);
    await gateway.close();
    await vendor.close();
  });

  /** Bytes sent every half second, until all are sent or an answer comes. */
  async function trickle(bytesEach: number, { expect }: TestContext) {
    const { gateway } = started;
    const image = createPng({ width: 64, height: 48, provenanceBytes: 480_000 });
    const { type, body } = await encodeForm(toEntries(['image', image]));
    const socket = await openSocket(gateway);
    const answer = readToEnd(socket);
    socket.write(toEditHead(gateway, type, body.length, 'connection: close'));
    let isAnswered = false;
    socket.once('data', () => {
      isAnswered = true;
    });
    const startedMs = performance.now();
    for (let at = 0; at < body.length && !isAnswered; at += bytesEach) {
      socket.write(body.subarray(at, at + bytesEach));
      await delay(500);
    }
    const answeredAfterMs = performance.now() - startedMs;
    const { status } = (await answer) ?? expect.unreachable('no answer');
    return { status, answeredAfterMs };
  }

  test('an upload of 20 KB a second goes through, however long it takes', async (context) => {
    context.expect((await trickle(10_000, context)).status).toBe(200);
  });

  test('an upload of 1 KB a second is refused within half a minute', async (context) => {
    const { status, answeredAfterMs } = await trickle(500, context);
    context.expect(status).toBe(408);
    context.expect(answeredAfterMs).toBeLessThan(30_000);
  });

  test('headers that do not end are given up within a minute and a half', async ({ expect }) => {
    const socket = await openSocket(started.gateway);
    const answer = readToEnd(socket);
    socket.write('POST /v1/images/edits HTTP/1.1\r\nhost: localhost\r\nx-slow: ');
    const dripping = setInterval(() => socket.write('x'), 1_000);
    const { status, text } = (await answer) ?? expect.unreachable('no answer');
    clearInterval(dripping);
    expect([status, JSON.parse(text).error.code]).toEqual([408, 'upload_too_slow']);
  });

  test('a link to a result ends when it says, and its picture is removed', async ({ expect }) => {
    const short = await startVendorGateway({ RETOUCH_RESULT_LIFETIME_SECONDS: '60' });
    const response = await postEdit(short.gateway, toEntries(['response_format', 'url']));
    const { data } = (await response.json()) as { data: { url: string }[] };
    const url = data[0]?.url ?? expect.unreachable('no link');
    await delay(55_000);
    expect((await fetch(url)).status).toBe(200);
    await delay(6_000);
    expect((await fetch(url)).status).toBe(404);
    const listPictures = () => readdir(join(short.gateway.dataDirectory, 'images'));
    await expect.poll(listPictures, { timeout: 90_000, interval: 1_000 }).toEqual([]);
    await short.close();
  });

  test.for([
    ['openai-node 7', OpenAI as unknown as typeof OpenAI6],
    ['openai-node 6', OpenAI6],
  ] as const)(
    '%s waits as long as the vendor’s rate limit says, and then succeeds',
    async ([, Client], { expect }) => {
      const limited = await startVendorGateway();
      limited.vendor.script('rate-limited');
      const client = new Client({ baseURL: limited.gateway.api, apiKey: limited.gateway.liveKey });
      const startedMs = performance.now();
      const result = await client.images.edit({
        model: 'gpt-image-2',
        image: await toFile(picture),
        prompt: 'a',
      });
      expect(result.data?.length).toBe(1);
      expect(performance.now() - startedMs).toBeGreaterThan(6_900);
      expect(limited.vendor.calls.length).toBe(2);
      expect(limited.vendor.bill.length).toBe(1);
      await limited.close();
    },
  );
});
