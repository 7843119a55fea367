import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Warning } from '../../src/core/edit.ts';
import { sniff } from '../../src/images/index.ts';
import { toSha256 } from '../support/edit-call.ts';
import { type FormEntry, picture, postEdit, toEntries, toPictures } from '../support/edit-post.ts';
import { readSentEvents } from '../support/events.ts';
import { readLedger } from '../support/ledger.ts';
import { createPicture, decodePixels } from '../support/pictures.ts';
import { toPicture as draw, type Step } from '../support/scripted-gemini.ts';
import { startVendors, type Vendors } from '../support/vendors.ts';

let vendors: Vendors;

beforeAll(async () => {
  vendors = await startVendors();
});
afterAll(() => vendors.close());
afterEach(() => vendors.gemini.unscript());

const banana = 'google/gemini-nano-banana-2.1';

interface Answer {
  data: { b64_json?: string }[];
  size?: string;
  output_format?: string;
  background?: string;
  usage?: Record<string, unknown>;
  warnings?: readonly Warning[];
  error?: { code: string; param: string; message: string };
}

/** An edit by form, what Gemini saw of it, and what came back. */
async function edit(model: string, ...entries: FormEntry[]) {
  const callsBefore = vendors.gemini.calls.length;
  const response = await postEdit(vendors.gateway, toEntries(['model', model], ...entries));
  const body = (await response.json()) as Answer;
  const calls = vendors.gemini.calls.slice(callsBefore);
  expect(calls.map(({ refusal }) => refusal)).toEqual(calls.map(() => undefined));
  const { headers, status } = response;
  return { status, headers, body, calls, adapted: headers.get('retouch-adapted') };
}

const toAnswerStep = (bytes: Buffer): Step => ({
  contentType: 'application/json',
  body: JSON.stringify({
    candidates: [
      {
        content: { role: 'model', parts: [{ inlineData: { data: bytes.toString('base64') } }] },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 1_120 },
  }),
});

const toPicture = (body: Answer): Buffer => toPictures(body)[0] ?? expect.unreachable('no picture');
const partsOf = ({ calls: [call] }: Awaited<ReturnType<typeof edit>>) => call?.contents[0]?.parts;

describe('an images edit by Gemini', () => {
  test('brings every picture as it is, in its order, under the type it really has', async () => {
    const jpeg = await createPicture(60, 40).jpeg().toBuffer();
    const webp = await createPicture(40, 60).webp().toBuffer();
    const sent = await edit(banana, ['image', webp], ['image', picture], ['image', jpeg]);
    expect([sent.status, sent.body.error, sent.adapted]).toEqual([200, undefined, null]);
    expect(sent.calls).toMatchObject([
      { model: 'gemini-nano-banana-2.1', method: 'generateContent', contents: [{ role: 'user' }] },
    ]);
    expect(partsOf(sent)).toEqual([
      { mimeType: 'image/webp', sha256: toSha256(webp) },
      { mimeType: 'image/png', sha256: toSha256(picture) },
      { mimeType: 'image/jpeg', sha256: toSha256(jpeg) },
      { text: 'make it blue' },
    ]);
    expect(sent.calls[0]?.config).toEqual({ responseModalities: ['TEXT', 'IMAGE'] });
    expect(sent.headers.get('retouch-provider')).toBe('google');
  });

  test('of a size that the answer is far from comes as it is, and that is said', async () => {
    const wide = draw({ width: 1376, height: 768 });
    vendors.gemini.script(toAnswerStep(wide));
    const { status, body, adapted } = await edit(banana, ['size', '1024x1024']);
    expect([status, body.size]).toEqual([200, '1376x768']);
    expect(toSha256(toPicture(body))).toBe(toSha256(wide));
    expect(adapted?.split(', ')).toContain('size');
    expect(body.warnings?.at(-1)).toEqual({
      param: 'size',
      message: expect.stringContaining('1376x768, too far from 1024x1024'),
    });
  });

  test.each([
    ['1024x1024', '1:1', '1K', 'png'],
    ['1536x1024', '3:2', '1K', 'png'],
    ['1024x1536', '2:3', '1K', 'jpeg'],
    ['1792x1024', '16:9', '2K', 'png'],
    ['1000x1100', '1:1', '1K', 'webp'],
    ['3072x1024', '21:9', '2K', 'png'],
  ])('of size %s asks for %s at %s, and comes in that very size', async (size, ratio, resolution, format) => {
    const formats: readonly FormEntry[] = format === 'png' ? [] : [['output_format', format]];
    const { body, calls, adapted } = await edit(banana, ['size', size], ...formats);
    expect(calls[0]?.config.imageConfig).toEqual({ aspectRatio: ratio, imageSize: resolution });
    expect(body).toMatchObject({ size, output_format: format });
    const { width, height } = await decodePixels(toPicture(body));
    expect(`${width}x${height}`).toBe(size);
    expect(adapted?.split(', ')).toContain('size');
    expect(body.warnings?.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(`takes ratios: ${ratio} at ${resolution} .* to ${size}`),
    );
  });

  test.each(['jpeg', 'webp'])('is made %s by this gateway, as small as was asked', async (format) => {
    const coarse = await edit(banana, ['output_format', format], ['output_compression', '10']);
    const fine = await edit(banana, ['output_format', format], ['output_compression', '100']);
    const [small, large] = [toPicture(coarse.body), toPicture(fine.body)];
    expect([sniff(small).format, sniff(large).format]).toEqual([format, format]);
    expect(small.length).toBeLessThan(large.length);
    expect(coarse.body).toMatchObject({ output_format: format, size: '1200x896' });
    expect(coarse.adapted).toBe('output_format, output_compression');
    expect(coarse.body.warnings?.map(({ param }) => param)).toEqual(['output_format', 'output_compression']);
    expect(coarse.calls[0]?.config).toEqual({ responseModalities: ['TEXT', 'IMAGE'] });
  });

  test.each<[FormEntry, string]>([
    [['background', 'opaque'], '1200x896'],
    [['output_format', 'png'], '1200x896'],
    [['size', '1024x1024'], '1024x1024'],
  ])(
    'that is as asked (%s) already comes byte for byte, with word of where it is from',
    async (wish, size) => {
      const { body, adapted } = await edit(banana, wish);
      expect(adapted).toBe(wish[0]);
      expect(body).toMatchObject({ background: 'opaque', output_format: 'png', size });
      const [width = 0, height = 0] = size.split('x').map(Number);
      expect(toSha256(toPicture(body))).toBe(toSha256(draw({ width, height })));
    },
  );

  test.each<[FormEntry, string]>([
    [['background', 'transparent'], 'invalid_value'],
    [['size', '333'], 'invalid_value'],
    [['size', '4000x200'], 'invalid_value'],
    [['size', '8192x8192'], 'invalid_value'],
    [['quality', 'hd'], 'invalid_value'],
    [['output_format', 'gif'], 'invalid_value'],
    [['output_compression', '101'], 'invalid_value'],
    [['n', '11'], 'invalid_value'],
  ])('with %s is refused before anything is asked', async ([param, value], code) => {
    const { status, body, calls } = await edit(banana, [param, value]);
    expect([status, body.error?.code, body.error?.param]).toEqual([400, code, param]);
    expect(body.error?.message).toContain(value);
    expect(calls).toEqual([]);
  });

  test.each([
    [banana, 'low', '1K'],
    [banana, 'high', '2K'],
    [banana, 'max', '4K'],
    ['google/gemini-3.1-flash-lite-image', 'high', undefined],
  ])('by %s of quality %s is of resolution %s', async (model, quality, imageSize) => {
    const { body, calls, adapted } = await edit(model, ['quality', quality]);
    expect(calls[0]?.config.imageConfig?.imageSize).toBe(imageSize);
    expect(adapted).toBe('quality');
    expect(body.warnings).toMatchObject([{ param: 'quality', message: expect.stringContaining(quality) }]);
  });

  test('of n pictures is n calls, whose usage and cost are added up', async () => {
    const { body, calls, headers } = await edit(banana, ['n', '3']);
    expect(calls).toHaveLength(3);
    expect(toPictures(body).map((bytes) => sniff(bytes).format)).toEqual(['png', 'png', 'png']);
    // Each: 3 words' tokens and 258 of the picture at 1.5, 28 of words out at 7.5, 1,290 of the result at 30.
    expect(body.usage).toEqual({
      input_tokens: 783,
      input_tokens_details: { text_tokens: 9, image_tokens: 774 },
      output_tokens: 3_954,
      output_tokens_details: { image_tokens: 3_870, text_tokens: 84 },
      total_tokens: 4_737,
      cost: 0.1179045,
    });
    expect(headers.get('retouch-cost-usd')).toBe('0.1179045');
  });

  test.each<[string, Step, string, RegExp]>([
    ['is blocked', 'moderation', 'settled', /^Answer \d of 3 is missing: .*PROHIBITED_CONTENT/],
    [
      'comes without a picture',
      { pictures: 0 },
      'settled',
      /^Answer \d of 3 is missing: .*without a picture/,
    ],
    ['breaks off', 'reset-before-headers', 'unknown', /^Answer \d of 3 is missing: .*not repeated/],
  ])('of which one picture %s brings the others, and says so', async (_what, fault, state, message) => {
    vendors.gemini.script('ok', fault, 'ok');
    const { status, body, calls, adapted } = await edit(banana, ['n', '3']);
    expect([status, calls.length, body.data.length, adapted]).toEqual([200, 3, 2, 'n']);
    expect(body.warnings).toEqual([{ param: 'n', message: expect.stringMatching(message) }]);
    expect(readLedger(vendors.gateway).at(-1)).toMatchObject({
      ...{ state, images_out: 2, attempts: 1 },
    });
  });
});

describe('a streamed images edit by Gemini', () => {
  /** The events by name, and what the last of each says. */
  async function stream(...entries: FormEntry[]) {
    const response = await postEdit(
      vendors.gateway,
      toEntries(['model', banana], ['stream', 'true'], ...entries),
    );
    const text = await response.text();
    const events = readSentEvents(text).map(({ event, data }) => ({ event, data: JSON.parse(data) }));
    return { status: response.status, headers: response.headers, events };
  }

  test('brings finished pictures, of the size and format that were asked for', async () => {
    const { events, headers } = await stream(['size', '768x512'], ['output_format', 'webp'], ['n', '2']);
    expect(events.map(({ event }) => event)).toEqual(['image_edit.completed', 'image_edit.completed']);
    for (const { data } of events) {
      expect(data).toMatchObject({ type: 'image_edit.completed', size: '768x512', output_format: 'webp' });
      expect(data.usage).toMatchObject({ input_tokens: 261, output_tokens: 1_318, cost: 0.0393015 });
      expect(data.warnings.map(({ param }: Warning) => param)).toEqual(['size', 'output_format']);
      const { width, height } = await decodePixels(Buffer.from(data.b64_json, 'base64'));
      expect([width, height]).toEqual([768, 512]);
    }
    expect(headers.get('retouch-adapted')).toBe('size, output_format');
    expect(vendors.gemini.calls.at(-1)?.method).toBe('streamGenerateContent');
    await expect
      .poll(() => readLedger(vendors.gateway).at(-1))
      .toMatchObject({ state: 'settled', images_out: 2, cost_nano_usd: 78_603_000 });
  });

  test('says at its end what is missing', async () => {
    vendors.gemini.script('ok', 'moderation');
    const { events } = await stream(['n', '2']);
    expect(events.map(({ event }) => event)).toEqual(['image_edit.completed', 'image_edit.warnings']);
    expect(events[1]?.data).toEqual({
      type: 'image_edit.warnings',
      warnings: [
        { param: 'n', message: expect.stringMatching(/^Answer 2 of 2 is missing: .*PROHIBITED_CONTENT/) },
      ],
    });
  });

  test('that never begins is an answer with a status', async () => {
    vendors.gemini.script('moderation');
    const { status } = await stream();
    expect(status).toBe(400);
  });

  test('leaves partial pictures out, and says so', async () => {
    const { events } = await stream(['partial_images', '2']);
    expect(events.map(({ event }) => event)).toEqual(['image_edit.completed']);
    expect(events[0]?.data.warnings).toMatchObject([{ param: 'partial_images' }]);
  });
});

describe('a retired model of Gemini', () => {
  test.each([
    ['gemini-3.1-flash-image', 'gemini-nano-banana-2.1', '2026-10-29'],
    ['gemini-3.1-flash-image-preview', 'gemini-nano-banana-2.1', '2026-06-25'],
    ['gemini-3-pro-image-preview', 'gemini-3-pro-image', '2026-06-25'],
    ['gemini-2.5-flash-image-preview', 'gemini-2.5-flash-image', '2026-01-15'],
  ])('%s is served by %s, and that is said', async (asked, served, day) => {
    const { status, calls, headers, body, adapted } = await edit(`google/${asked}`);
    expect([status, calls.map(({ model }) => model), adapted]).toEqual([200, [served], 'model']);
    expect(headers.get('retouch-model')).toBe(`google/${served}`);
    expect(headers.get('sunset')).toBe(new Date(day).toUTCString());
    expect(body.warnings).toEqual([
      {
        param: 'model',
        message: `google/${asked} was shut down by its vendor on ${day}; google/${served} served this call.`,
      },
    ]);
  });

  test('is asked for until its vendor says that it is gone; then its successor is, for an hour', async () => {
    const own = await startVendors();
    own.gemini.script('model-gone');
    for (const attempts of ['2', '1']) {
      const response = await postEdit(
        own.gateway,
        toEntries(['model', 'google/gemini-2.5-flash-image'], ['size', '832x1248']),
      );
      const { warnings, size } = (await response.json()) as Answer;
      expect([response.status, size]).toEqual([200, '832x1248']);
      expect(response.headers.get('retouch-model')).toBe(banana);
      expect(response.headers.get('retouch-attempts')).toBe(attempts);
      expect(warnings?.map(({ param }) => param)).toEqual(['model', 'size']);
    }
    expect(own.gemini.calls.map(({ model, config }) => [model, config.imageConfig])).toEqual([
      ['gemini-2.5-flash-image', { aspectRatio: '2:3' }],
      ['gemini-nano-banana-2.1', { aspectRatio: '2:3', imageSize: '1K' }],
      ['gemini-nano-banana-2.1', { aspectRatio: '2:3', imageSize: '1K' }],
    ]);
    await own.close();
  });

  test('is refused where the operator says so', async () => {
    const strict = await startVendors({ RETOUCH_RETIRED_MODELS: 'refuse' });
    const refuse = async (model: string) => {
      const response = await postEdit(strict.gateway, toEntries(['model', model]));
      const { error } = (await response.json()) as Answer;
      return { status: response.status, code: error?.code, message: error?.message };
    };
    expect(await refuse('google/gemini-3.1-flash-image')).toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    expect(strict.gemini.calls).toEqual([]);
    strict.gemini.script('model-gone');
    expect(await refuse('google/gemini-2.5-flash-image')).toMatchObject({
      status: 404,
      code: 'upstream_model_gone',
    });
    expect(await refuse('google/gemini-2.5-flash-image')).toEqual({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining(`Use ${banana}.`),
    });
    expect(strict.gemini.calls).toHaveLength(1);
    await strict.close();
  });
});
