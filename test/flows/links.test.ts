import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { type FormEntry, mask, picture, postEdit, toDataUrl, toEntries } from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;
let origin: Server;
let base: string;
const second = createPng({ width: 40, height: 30, colour: [1, 2, 3] });
const large = createPng({ width: 64, height: 48, provenanceBytes: 100_000 });

const pages: Readonly<Record<string, Buffer>> = {
  '/cat.png': picture,
  '/second': second,
  '/mask.png': mask,
  '/large.png': large,
  '/page': Buffer.from('<!doctype html><title>SECRET</title>'),
};

beforeAll(async () => {
  origin = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    if (page) response.end(page);
    else if (request.url === '/inwards') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    else response.writeHead(404).end('SECRET');
  }).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const place = `127.0.0.1:${(origin.address() as AddressInfo).port}`;
  base = `http://${place}`;
  started = await startVendorGateway({ RETOUCH_IMAGE_URL_ALLOW: place, RETOUCH_MAX_IMAGE_BYTES: '100000' });
});

afterAll(async () => {
  await started.close();
  origin.close();
});

/** What the vendor was sent, by name and hash; whatever happened, nothing stays on the disk. */
async function edit(body: readonly FormEntry[] | object) {
  const { gateway, vendor } = started;
  const before = vendor.calls.length;
  const answer = await postEdit(gateway, body);
  const { error } = (await answer.json()) as { error?: { code: string; param: string; message: string } };
  const sent = vendor.calls
    .slice(before)
    .flatMap(({ files }) => files.map(({ name, sha256 }) => [name, sha256]));
  await vi.waitFor(async () => expect(await gateway.spooledFiles()).toEqual([]));
  return { status: answer.status, error, sent };
}

const toBody = (images: unknown[], more: object = {}) => ({
  model: 'gpt-image-2',
  prompt: 'make it blue',
  images,
  ...more,
});
const link = (path: string) => ({ image_url: base + path });

test('a JSON edit may link to its pictures and its mask, beside data URLs', async () => {
  const body = toBody([link('/cat.png'), { image_url: toDataUrl(second) }, link('/second')], {
    mask: link('/mask.png'),
  });
  expect(await edit(body)).toEqual({
    status: 200,
    error: undefined,
    sent: [
      ['image[]', toSha256(picture)],
      ['image[]', toSha256(second)],
      ['image[]', toSha256(second)],
      ['mask', toSha256(mask)],
    ],
  });
});

test('so may a form, in its text fields', async () => {
  const entries = toEntries(['image', `${base}/cat.png`], ['image', second], ['mask', `${base}/mask.png`]);
  expect((await edit(entries)).sent).toEqual([
    ['image[]', toSha256(picture)],
    ['image[]', toSha256(second)],
    ['mask', toSha256(mask)],
  ]);
});

test.each<[string, (base: string) => string, string, RegExp]>([
  ['that leads inwards by a redirect', (host) => `${host}/inwards`, 'image_url_refused', /after a redirect/],
  ['to this machine', () => 'http://127.0.0.1:1/', 'image_url_refused', /^images\[1\]: the link /],
  ['to a private address', () => 'https://10.0.0.1/a.png', 'image_url_refused', /public address/],
  ['to metadata', () => 'https://169.254.169.254/latest', 'image_url_refused', /public address/],
  ['of another kind', () => 'file:///etc/passwd', 'image_url_refused', /only https links are fetched/],
  [
    'with a password',
    () => 'https://user:hunter2@example.com/a.png',
    'image_url_invalid',
    /user name or password/,
  ],
  ['that is none', () => 'https://', 'image_url_invalid', /not a URL/],
  [
    'that is too long',
    () => `https://example.com/${'a'.repeat(9_000)}`,
    'image_url_invalid',
    /8192 characters/,
  ],
  ['to nothing', (host) => `${host}/nothing`, 'image_download_failed', /answers without a picture/],
  ['to a page', (host) => `${host}/page`, 'unsupported_image_format', /expected PNG, JPEG or WebP/],
  ['to too large a picture', (host) => `${host}/large.png`, 'image_too_large', /limit for a picture/],
])('a link %s is refused before anybody is asked', async (_name, toUrl, code, message) => {
  const { status, error, sent } = await edit(toBody([link('/cat.png'), { image_url: toUrl(base) }]));
  expect(status).toBe(400);
  expect(error).toMatchObject({ code, param: 'images[1]', message: expect.stringMatching(message) });
  expect(error?.message).not.toMatch(/SECRET|127\.0\.0\.1|hunter2/);
  expect(sent).toEqual([]);
});
