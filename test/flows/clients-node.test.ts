import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, { toFile } from 'openai';
import OpenAI6, { toFile as toFile6 } from 'openai6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sniff } from '../../src/images/index.ts';
import { toSha256 } from '../support/edit-call.ts';
import { mask, picture, toPictures } from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;
let folder: string;

beforeAll(async () => {
  started = await startVendorGateway();
  folder = await mkdtemp(join(tmpdir(), 'retouch-node-client-'));
  await writeFile(join(folder, 'cat.png'), picture);
});

afterAll(async () => {
  await started.close();
  await rm(folder, { recursive: true });
});

/** What the vendor returns for a square picture, provenance included. */
const answered = createPng({ width: 1024, height: 1024, provenanceBytes: 300 });

/** Version 6 has the same surface for pictures, so its types stand for both. */
const clients = [
  ['openai-node 7', OpenAI as unknown as typeof OpenAI6, toFile as typeof toFile6],
  ['openai-node 6', OpenAI6, toFile6],
] as const;

describe.each(clients)('%s', (_name, Client, file) => {
  let posts = 0;
  const client = (apiKey = started.gateway.liveKey) =>
    new Client({
      apiKey,
      baseURL: started.gateway.api,
      fetch(...call) {
        // The client also asks `fetch` for an empty data URL, to learn whether it can send forms.
        if (String(call[0]).startsWith('http')) posts += 1;
        return fetch(...call);
      },
    });
  const lastCall = () => started.vendor.calls.at(-1) ?? expect.unreachable('the vendor was not called');
  const hashes = () => lastCall().files.map(({ name, sha256 }) => [name, sha256]);

  test('a program written for openai/gpt-image-1 works unchanged, and is told who served it', async () => {
    const { data, response } = await client()
      .images.edit({
        model: 'openai/gpt-image-1',
        image: createReadStream(join(folder, 'cat.png')),
        prompt: 'make it blue',
      })
      .withResponse();
    expect(toPictures({ data: data.data ?? [] }).map(toSha256)).toEqual([toSha256(answered)]);
    expect(data).toMatchObject({ output_format: 'png', size: '1024x1024', background: 'opaque' });
    expect(data.usage?.total_tokens).toBeGreaterThan(0);
    expect(hashes()).toEqual([['image', toSha256(picture)]]);
    expect(lastCall().fields).toEqual({ model: 'gpt-image-2.5-sunburst', prompt: 'make it blue' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'retouch-model': 'openai/gpt-image-2.5-sunburst',
      'retouch-provider': 'openai',
      'retouch-attempts': '1',
      'retouch-adapted': 'model',
      'retouch-cost-usd': expect.stringMatching(/^0\.\d+$/),
      deprecation: '@1792713600',
      sunset: 'Fri, 23 Oct 2026 00:00:00 GMT',
      'x-request-id': expect.stringMatching(/^req_/),
    });
    expect(data).toHaveProperty('warnings.0.param', 'model');
  });

  test('files from memory arrive, whatever type the client gives them', async () => {
    for (const image of [
      await file(picture, 'cat.png', { type: 'image/png' }),
      await file(picture),
      await file(createReadStream(join(folder, 'cat.png')), 'a "name"\r\n.jpg', { type: 'text/html' }),
      new File([new Uint8Array(picture)], 'cat'),
    ]) {
      await client().images.edit({ model: 'gpt-image-2', image, prompt: 'make it blue' });
      expect(lastCall().files).toMatchObject([{ mediaType: 'image/png', sha256: toSha256(picture) }]);
    }
  });

  test('a list of pictures arrives in order, with the mask and every parameter', async () => {
    const others = [0, 1, 2].map((red) => createPng({ width: 64, height: 48, colour: [red, 0, 0] }));
    const result = await client().images.edit({
      model: 'openai/gpt-image-2.5-flare',
      image: [
        createReadStream(join(folder, 'cat.png')),
        ...(await Promise.all(others.map((one) => file(one)))),
      ],
      mask: await file(mask, 'mask.png', { type: 'image/png' }),
      prompt: 'make it blue',
      n: 2,
      size: '1536x1024',
      quality: 'high',
      background: 'transparent',
      output_format: 'webp',
      output_compression: 80,
      user: 'someone',
    });
    const sent = [picture, ...others].map((one) => ['image[]', toSha256(one)]);
    expect(hashes()).toEqual([...sent, ['mask', toSha256(mask)]]);
    expect(lastCall().fields).toEqual({
      model: 'gpt-image-2.5-flare',
      prompt: 'make it blue',
      n: '2',
      size: '1536x1024',
      quality: 'high',
      background: 'transparent',
      output_format: 'webp',
      output_compression: '80',
      user: 'someone',
    });
    expect(result.data?.length).toBe(2);
    expect(toPictures({ data: result.data ?? [] }).map((one) => sniff(one).format)).toEqual(['webp', 'webp']);
    expect(result).toMatchObject({ size: '1536x1024', quality: 'high', background: 'transparent' });
  });

  test('a list of one picture is a picture', async () => {
    await client().images.edit({
      model: 'gpt-image-2',
      image: [await file(picture)],
      prompt: 'make it blue',
    });
    expect(hashes()).toEqual([['image', toSha256(picture)]]);
  });

  test('a stream gives the partial pictures, then the finished one with its usage', async () => {
    const stream = await client().images.edit({
      model: 'gpt-image-2',
      image: await file(picture),
      prompt: 'make it blue',
      stream: true,
      partial_images: 2,
    });
    const events = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ type }) => type)).toEqual([
      'image_edit.partial_image',
      'image_edit.partial_image',
      'image_edit.completed',
    ]);
    expect(events.slice(0, 2)).toMatchObject([{ partial_image_index: 0 }, { partial_image_index: 1 }]);
    expect(toPictures({ data: events }).map(toSha256)).toEqual(Array(3).fill(toSha256(answered)));
    expect(events[2]).toMatchObject({ size: '1024x1024', usage: { total_tokens: expect.any(Number) } });
    expect(lastCall().fields).toMatchObject({ stream: 'true', partial_images: '2' });
  });

  test('fields of this gateway go in the same call', async () => {
    await client().images.edit({
      model: 'gpt-image-2',
      image: await file(picture),
      prompt: 'make it blue',
      ...{
        tags: ['shop', 'spring'],
        provider: { order: ['openai'], allow_fallbacks: false },
        models: ['gpt-image-1.5'],
      },
    });
    expect(Object.keys(lastCall().fields)).toEqual(['model', 'prompt']);
  });

  test('each refusal becomes the error class that programs catch, and is not sent again', async () => {
    const { gateway, vendor } = started;
    const callsBefore = vendor.calls.length;
    const edit = (apiKey: string, wishes: object) => async (): Promise<unknown> =>
      client(apiKey).images.edit({
        model: 'gpt-image-2',
        image: await file(picture),
        prompt: 'a',
        ...wishes,
      });
    const { liveKey, adminKey } = gateway;
    const refusals = [
      [edit('rt_live_wrong', {}), Client.AuthenticationError, 401, 'invalid_api_key', null],
      [edit(adminKey, {}), Client.PermissionDeniedError, 403, 'wrong_key_kind', null],
      [edit(liveKey, { model: 'gpt-image-9' }), Client.NotFoundError, 404, 'model_not_found', 'model'],
      [edit(liveKey, { size: '1x1' }), Client.BadRequestError, 400, 'invalid_value', 'size'],
      [
        edit(liveKey, { image: await file(Buffer.from('GIF89a')) }),
        Client.BadRequestError,
        400,
        'unsupported_image_format',
        'image',
      ],
    ] as const;
    for (const [attempt, type, status, code, param] of refusals) {
      const postsBefore = posts;
      const error = await attempt().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(type);
      expect(error).toMatchObject({ status, code, param, requestID: expect.stringMatching(/^req_/) });
      expect(posts - postsBefore).toBe(1);
    }
    expect(vendor.calls.length).toBe(callsBefore);
  });

  test.each([
    ['server-error', 'upstream_outcome_unknown', 'InternalServerError', 504],
    ['cut', 'upstream_invalid_response', 'InternalServerError', 502],
    ['reset-before-headers', 'upstream_outcome_unknown', 'InternalServerError', 504],
    ['no-image', 'no_image_returned', 'InternalServerError', 502],
    ['out-of-quota', 'upstream_out_of_credit', 'InternalServerError', 503],
    ['unauthorized', 'upstream_key_rejected', 'InternalServerError', 502],
    ['moderation', 'moderation_blocked', 'BadRequestError', 400],
  ] as const)(
    'where the vendor fails by %s, the client calls once and the vendor is paid once at most',
    async (fault, code, type, status) => {
      const { vendor } = started;
      const [callsBefore, billBefore, postsBefore] = [vendor.calls.length, vendor.bill.length, posts];
      vendor.script(fault);
      const error = await client()
        .images.edit({ model: 'gpt-image-2', image: await file(picture), prompt: 'make it blue' })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Client[type]);
      expect(error).toMatchObject({ status, code });
      expect(posts - postsBefore).toBe(1);
      expect(vendor.calls.length - callsBefore).toBe(1);
      expect(vendor.bill.length - billBefore).toBeLessThanOrEqual(1);
    },
  );

  test('a rate limit is told with the time to wait', async () => {
    started.vendor.script('rate-limited');
    const error = await new Client({
      apiKey: started.gateway.liveKey,
      baseURL: started.gateway.api,
      maxRetries: 0,
    }).images
      .edit({ model: 'gpt-image-2', image: await file(picture), prompt: 'make it blue' })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Client.RateLimitError);
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    const { headers } = error as InstanceType<typeof Client.RateLimitError>;
    expect(headers.get('retry-after')).toBe('7');
    expect(headers.get('x-should-retry')).toBe('true');
  });

  test('the list of models and one of them read as the client’s types', async () => {
    const ids: string[] = [];
    for await (const model of client().models.list()) ids.push(model.id);
    expect(ids).toContain('openai/gpt-image-1');
    expect(await client().models.retrieve('openai/gpt-image-1')).toMatchObject({
      id: 'openai/gpt-image-1',
      object: 'model',
      owned_by: 'openai',
      shutdown_date: '2026-10-23',
    });
  });
});
