import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, generateImage } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sniff } from '../../src/images/index.ts';
import { toSha256 } from '../support/edit-call.ts';
import { mask, picture } from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeAll(async () => {
  started = await startVendorGateway();
});
afterAll(() => started.close());

const model = (name: string, apiKey = started.gateway.liveKey) =>
  createOpenAI({ baseURL: started.gateway.api, apiKey }).image(name);
const lastCall = () => started.vendor.calls.at(-1) ?? expect.unreachable('the vendor was not called');
const hashes = () => lastCall().files.map(({ name, sha256 }) => [name, sha256]);

test('the picture of a prompt is edited, and comes back as the vendor made it', async () => {
  const result = await generateImage({
    model: model('openai/gpt-image-1'),
    prompt: { text: 'make it blue', images: [picture] },
  });
  expect(hashes()).toEqual([['image', toSha256(picture)]]);
  expect(lastCall().fields).toEqual({ model: 'gpt-image-2.5-sunburst', prompt: 'make it blue', n: '1' });
  const answered = createPng({ width: 1024, height: 1024, provenanceBytes: 300 });
  expect(toSha256(Buffer.from(result.image.uint8Array))).toBe(toSha256(answered));
  expect(result.image.mediaType).toBe('image/png');
  expect(result.usage.totalTokens).toBeGreaterThan(0);
  expect(result.responses[0]?.headers).toMatchObject({ 'retouch-model': 'openai/gpt-image-2.5-sunburst' });
});

test('several pictures, a mask and the vendor’s options arrive', async () => {
  const second = createPng({ width: 64, height: 48, colour: [9, 9, 9] });
  const result = await generateImage({
    model: model('gpt-image-2'),
    prompt: { text: 'make it blue', images: [picture, second.toString('base64')], mask },
    n: 2,
    size: '1536x1024',
    providerOptions: { openai: { quality: 'low', outputFormat: 'jpeg', outputCompression: 70 } },
  });
  expect(hashes()).toEqual([
    ['image[]', toSha256(picture)],
    ['image[]', toSha256(second)],
    ['mask', toSha256(mask)],
  ]);
  expect(lastCall().fields).toEqual({
    model: 'gpt-image-2',
    prompt: 'make it blue',
    n: '2',
    size: '1536x1024',
    quality: 'low',
    output_format: 'jpeg',
    output_compression: '70',
  });
  expect(result.images.map(({ uint8Array }) => sniff(Buffer.from(uint8Array)).format)).toEqual([
    'jpeg',
    'jpeg',
  ]);
});

test('a refusal is an APICallError with our words, and is not sent again', async () => {
  const callsBefore = started.vendor.calls.length;
  const error = await generateImage({
    model: model('gpt-image-2'),
    prompt: { text: 'make it blue', images: [picture] },
    size: '17x17',
  }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(APICallError);
  expect(error).toMatchObject({
    statusCode: 400,
    isRetryable: false,
    message: expect.stringContaining("'size'"),
  });
  expect(started.vendor.calls.length).toBe(callsBefore);
});

test('with its own repeats turned off, as the README says, a failure is paid for once at most', async () => {
  const { vendor } = started;
  const [callsBefore, billBefore] = [vendor.calls.length, vendor.bill.length];
  vendor.script('server-error');
  const error = await generateImage({
    model: model('gpt-image-2'),
    prompt: { text: 'make it blue', images: [picture] },
    maxRetries: 0,
  }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ statusCode: 504, responseHeaders: { 'x-should-retry': 'false' } });
  expect([vendor.calls.length - callsBefore, vendor.bill.length - billBefore]).toEqual([1, 1]);
});
