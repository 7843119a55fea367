import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, request as post, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPng } from '../../test/support/small-png.ts';
import { RetouchError } from '../core/errors.ts';
import { type JsonObject, LongText } from '../core/json-outline.ts';
import type { Config } from '../core/setting.ts';
import type { Arrival } from './arrival.ts';
import { intakeSettings } from './config.ts';
import { createIntake, type Intake, type IntakeSettings } from './intake.ts';

const picture = createPng({ width: 8, height: 6 });
const dataUrl = `data:image/png;base64,${picture.toString('base64')}`;
const maxImageBytes = 3_000;

let directory: string;
let intake: Intake;
/** What the origin was asked for. */
let asked: string[];
/** Answers of the origin that are under way, and the most there were at once. */
let running: number;
let mostAtOnce: number;
let origin: string;
const servers: Server[] = [];

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'retouch-arrival-')), 'spool');
  [asked, running, mostAtOnce] = [[], 0, 0];
  origin = await listen(async (request, response) => {
    asked.push(request.url ?? '');
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    response.on('close', () => (running -= 1));
    if (request.url?.startsWith('/never')) return;
    await delay(20);
    const padding = Number(/length=(\d+)/.exec(request.url ?? '')?.[1] ?? picture.length) - picture.length;
    response.end(Buffer.concat([picture, Buffer.alloc(padding)]));
  });
  intake = start();
});

function start(settings: Partial<IntakeSettings> = {}): Intake {
  const defaults = Object.fromEntries(
    Object.entries(intakeSettings).map(([name, setting]) => [name, setting.default]),
  ) as unknown as Config<typeof intakeSettings>;
  return createIntake({
    ...defaults,
    ...{ maxImageBytes, maxRequestBytes: 20_000, directory, maxImageSide: 100, maxImagePixels: 10_000 },
    ...{ maxRequestPixels: 12_000, imageUrlsPerMinute: 24 },
    imageUrlAllow: [new URL(origin).host],
    ...settings,
  });
}

afterEach(async () => {
  await intake.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  await rm(join(directory, '..'), { recursive: true });
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What `work` made of a request with this body, or the error it ended with; then nothing may be left. */
async function arrive<T>(
  body: unknown,
  work: (arrival: Arrival) => Promise<T>,
  contentType = 'application/json',
  { signal } = new AbortController(),
): Promise<T | RetouchError> {
  const { promise, resolve, reject } = Promise.withResolvers<T | RetouchError>();
  const url = await listen(async (request, response) => {
    const arrival = intake.receive({ id: 'req_test', keyId: 'key_test', request, response, signal });
    try {
      resolve(await work(arrival));
    } catch (error) {
      if (error instanceof RetouchError) resolve(error);
      else reject(error);
    } finally {
      await arrival.release();
      response.end();
    }
  });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const call = post(url, { method: 'POST', headers: { 'content-type': contentType } }).end(text);
  call.on('response', (response) => response.resume());
  const result = await promise;
  await once(call, 'close');
  expect(intake.stats()).toEqual({ memoryBytes: 0, diskBytes: 0, openScopes: 0, openSpools: 0 });
  expect(await readdir(directory).catch(() => [])).toEqual([]);
  return result;
}

const readEdit = (body: unknown) => arrive(body, (arrival) => arrival.readEdit(['prompt']));

/** Reads `{"a": ...}` and then what is in it. */
const readA = (body: unknown, read: (arrival: Arrival, a: string | LongText) => Promise<unknown>) =>
  arrive(body, async (arrival) => {
    const outline = (await arrival.readJson()) as JsonObject;
    return read(arrival, outline.a as string | LongText);
  });

test('linked pictures of an edit are fetched and measured, in their order, a few at a time', async () => {
  const images = Array.from({ length: 12 }, (_, index) => ({ image_url: `${origin}/${index}` }));
  const edit = await readEdit({ prompt: 'p', images: [...images, dataUrl] });
  expect(edit).toMatchObject({
    images: Array.from({ length: 13 }, (_, index) => ({
      name: `images[${index}]`,
      byteLength: picture.length,
      content: { encoding: index < 12 ? 'binary' : 'base64' },
      facts: { format: 'png', width: 8, height: 6 },
    })),
  });
  expect(asked.toSorted()).toEqual(images.map((_, index) => `/${index}`).toSorted());
  expect(mostAtOnce).toBe(4);
});

test('the same link is followed once, and what is refused before that is not followed', async () => {
  const images = Array.from({ length: 5 }, () => ({ image_url: `${origin}/same` }));
  expect(await readEdit({ images, mask: { image_url: `${origin}/same` } })).toMatchObject({
    code: expect.any(String),
  });
  expect(asked).toEqual(['/same']);
  asked.length = 0;
  const told: unknown[] = [];
  const refusal = new RetouchError('model_not_found', 'No such model.');
  const refused = await arrive({ prompt: 'p', images }, (arrival) =>
    arrival.readEdit(['prompt'], (fields, imageCount) => {
      told.push({ ...fields }, imageCount);
      throw refusal;
    }),
  );
  expect([refused, told, asked]).toEqual([refusal, [{ prompt: 'p' }, 5], []]);
});

test('a key has only so many links followed in a minute', async () => {
  const images = Array.from({ length: 10 }, (_, index) => ({ image_url: `${origin}/${index}` }));
  expect(await readEdit({ images })).toMatchObject({ images: expect.any(Array) });
  expect(await readEdit({ images })).toMatchObject({ images: expect.any(Array) });
  expect(await readEdit({ images })).toMatchObject({
    code: 'too_many_links',
    param: 'images[0]',
    retryAfterMs: expect.any(Number),
  });
  expect(asked.length).toBe(20);
});

test('the links of a request are followed all or none', async () => {
  await intake.close();
  intake = start({ imageUrlsPerMinute: 3 });
  const links = [0, 1, 2, 3].map((index) => ({ image_url: `${origin}/${index}` }));
  const refusal = { code: 'invalid_value', param: expect.stringMatching(/^(mask|images\[3\])$/) };
  expect(await readEdit({ images: links })).toMatchObject(refusal);
  expect(await readEdit({ images: links.slice(1), mask: links[0] })).toMatchObject(refusal);
  const urls = links.map((link) => link.image_url);
  const read = (sources: readonly string[]) =>
    readA({ a: urls }, (arrival) =>
      Promise.all(sources.map((source, index) => arrival.readPicture(`images[${index}]`, source))),
    );
  expect(await read(urls)).toMatchObject(refusal);
  // What is wrong anyway is told first.
  expect(await read(['data:,x', ...urls.slice(1)])).toMatchObject({ param: 'images[0]' });
  expect(asked).toEqual([]);
  expect(await read([...urls.slice(1), ...urls.slice(1), dataUrl])).toHaveLength(7);
  expect(await read(urls.slice(2))).toMatchObject({ code: 'too_many_links', param: 'images[0]' });
  expect(asked).toHaveLength(3);
});

test('links that a caller who has gone still waited for are not counted', async () => {
  const toLinks = (path: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ image_url: `${origin}/${path}${index}` }));
  const caller = new AbortController();
  const read = (arrival: Arrival) => arrival.readEdit([]);
  const lost = arrive({ images: toLinks('never', 16) }, read, undefined, caller);
  while (asked.length < 4) await delay(5);
  caller.abort();
  expect(await lost).toMatchObject({ code: 'image_download_failed' });
  expect(asked).toHaveLength(4);
  expect(await readEdit({ images: toLinks('', 16) })).toMatchObject({ images: Array(16).fill({}) });
  expect(await readEdit({ images: toLinks('more', 4) })).toMatchObject({ images: Array(4).fill({}) });
});

test('a linked picture is under the limit of any picture, to the byte, and so are all links together', async () => {
  const ofLength = (length: number, index = 0) => ({ image_url: `${origin}/?length=${length}&${index}` });
  expect(await readEdit({ images: [ofLength(maxImageBytes - 1)] })).toMatchObject({
    images: [{ byteLength: maxImageBytes - 1 }],
  });
  expect(await readEdit({ images: [ofLength(maxImageBytes)] })).toMatchObject({
    code: 'image_too_large',
    param: 'images[0]',
  });
  // Seven of them are as much as a body may have; those under way at that moment are borne with.
  const many = Array.from({ length: 16 }, (_, index) => ofLength(maxImageBytes - 1, index));
  expect(await readEdit({ images: many.slice(0, 6) })).toMatchObject({ images: Array(6).fill({}) });
  expect(await readEdit({ images: many })).toMatchObject({ code: 'request_too_large' });
});

test('linked and unescaped pictures count as the disk of all, answers do not', async () => {
  await intake.close();
  intake = start({ spoolMemoryBytes: 0, spoolDiskBytes: 5_000 });
  const links = [1, 2, 3].map((index) => ({ image_url: `${origin}/?length=2000&${index}` }));
  expect(await readEdit({ images: links.slice(1) })).toMatchObject({ images: [{}, {}] });
  expect(await readEdit({ images: links })).toMatchObject({ code: 'server_busy', retryAfterMs: 5_000 });
  const long = createPng({ width: 8, height: 6, provenanceBytes: 1_500 }).toString('base64');
  const escaped = JSON.stringify({ a: `data:image/png;base64,${long}` }).replaceAll('/', '\\/');
  const read = (times: number) =>
    readA(escaped, async (arrival, a) => {
      for (let time = 0; time < times; time += 1) await arrival.readPicture('a', a);
      await arrival.openSpool().write(Buffer.alloc(20_000));
      return 'answered';
    });
  expect(await read(1)).toBe('answered');
  expect(await read(2)).toMatchObject({ code: 'server_busy' });
});

test('when one link fails, the others are called off', async () => {
  const never = { image_url: `${origin}/never` };
  const refused = { image_url: 'https://127.0.0.1/' };
  expect(await readEdit({ images: [never, never, refused] })).toMatchObject({
    code: 'image_url_refused',
    param: 'images[2]',
  });
  for (let waited = 0; running > 0 && waited < 2_000; waited += 10) await delay(10);
  expect(running).toBe(0);
});

test('closing ends what is being fetched', async () => {
  const edit = readEdit({ images: [{ image_url: `${origin}/never` }] });
  while (asked.length === 0) await delay(5);
  await intake.close();
  expect(await edit).toMatchObject({ code: 'server_stopping' });
});

test('a JSON body is read without its long texts, which are read by their place', async () => {
  const text = 'größer "und" 🎨\n'.repeat(100);
  expect(await readA({ a: text }, (arrival, a) => arrival.readText('a', a))).toBe(text);
  expect(await readA({ a: 'short' }, (arrival, a) => arrival.readText('a', a))).toBe('short');
  expect(await arrive({ a: text, b: [1, null] }, (arrival) => arrival.readJson())).toEqual(
    Object.assign(Object.create(null), { a: expect.any(LongText), b: [1, null] }),
  );
});

test.each<[string, (origin: string) => string, string]>([
  ['a data URL', () => dataUrl, 'base64'],
  [
    'a data URL with a long name',
    () => `data:image/png;name=${'%C3%A4'.repeat(127)};base64,${picture.toString('base64')}`,
    'base64',
  ],
  ['base64', () => picture.toString('base64'), 'base64'],
  ['a data URL after a line break', () => ` \n${dataUrl}`, 'base64'],
  ['a link', (base) => `${base}/a`, 'binary'],
  ['a link after a line break', (base) => `\r\n ${base}/a`, 'binary'],
  ['a long link', (base) => `${base}/${'a'.repeat(2_000)}`, 'binary'],
])('a picture is read from %s', async (_, toSource, encoding) => {
  const image = await readA({ a: toSource(origin) }, (arrival, a) => arrival.readPicture('here', a));
  const facts = { format: 'png', width: 8, height: 6 };
  expect(image).toMatchObject({ name: 'here', content: { encoding }, byteLength: picture.length, facts });
});

test.each([
  ['data:image/png,abc', 'does not say ";base64,"'],
  ['data:image/png;base64', 'does not say ";base64,"'],
  [`data:image/png,${'x'.repeat(2_000)}`, 'does not say ";base64,"'],
  [
    `data:image/png;name=${'x'.repeat(2_000)};base64,AAAA`,
    'has more than 1024 characters before its first comma',
  ],
])('a data URL that names no base64 is told so, %#', async (a, fault) => {
  expect(await readA({ a }, (arrival, source) => arrival.readPicture('here', source))).toMatchObject({
    code: 'invalid_value',
    param: 'here',
    message: `'here' is a data URL that ${fault}.`,
  });
});

test('texts are bounded one by one and together', async () => {
  const read = (length: number, times: number) =>
    readA({ a: 'x'.repeat(length) }, async (arrival, a) => {
      for (let time = 0; time < times; time += 1) await arrival.readText('a', a);
    });
  const limit = 512 * 1024;
  expect(await read(limit, 4)).toBeUndefined();
  expect(await read(limit, 5)).toMatchObject({ code: 'request_too_large', param: 'a' });
  expect(await read(limit + 1, 1)).toMatchObject({ code: 'request_too_large', param: 'a' });
  const half = `{"a":"${'x'.repeat(2_000)}\\ud83d"}`;
  expect(await readA(half, (arrival, a) => arrival.readText('a', a))).toMatchObject({
    code: 'invalid_value',
    param: 'a',
  });
});

test.each<[string, string, string?]>([
  ['{"a":1,"a":2}', 'byte 7', 'duplicate_parameter'],
  ['{"__proto__":1}', 'byte 1', 'unknown_parameter'],
  [`${'['.repeat(65)}${']'.repeat(65)}`, 'at most 64 levels'],
  ['{"a":1', 'the end'],
  ['', 'the end'],
])('the body %j is refused with the place', async (body, place, code = 'invalid_json') => {
  expect(await arrive(body, (arrival) => arrival.readJson())).toMatchObject({
    code,
    message: expect.stringContaining(place),
  });
});

test('a route for JSON says that it takes nothing else', async () => {
  const contentType = 'multipart/form-data; boundary=XB';
  expect(await arrive('{}', (arrival) => arrival.readJson(), contentType)).toMatchObject({
    code: 'unsupported_content_type',
    message: expect.stringMatching(/ multipart\/form-data; .*; send 'application\/json', unencoded\.$/),
  });
});

test('all pictures of a request together have only so many pixels', async () => {
  const wide = createPng({ width: 100, height: 70 }).toString('base64');
  expect(await readEdit({ images: [wide] })).toMatchObject({ images: [{ name: 'images[0]' }] });
  expect(await readEdit({ images: [wide, wide] })).toMatchObject({
    code: 'image_dimensions_too_large',
    param: 'images[1]',
    message: expect.stringContaining('more than 12000 pixels together'),
  });
});
