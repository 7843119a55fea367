import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Warning } from '../../src/core/edit.ts';
import { readContent, toSha256 } from '../support/edit-call.ts';
import { type FormEntry, postEdit, picture as small, toEntries, toPictures } from '../support/edit-post.ts';
import { readSentEvents } from '../support/events.ts';
import { readLedger } from '../support/ledger.ts';
import { createPicture, decodePixels, toContent } from '../support/pictures.ts';
import { type Box, countChanges, createMask, type Pixels, readPixels } from '../support/pixels.ts';
import type { Step } from '../support/scripted-gemini.ts';
import { createPng } from '../support/small-png.ts';
import { startVendors, type Vendors } from '../support/vendors.ts';

let vendors: Vendors;
/** Transparent in `open`, opaque elsewhere. */
let mask: Buffer;

const open: Box = { left: 100, top: 50, width: 120, height: 90 };
const banana: FormEntry = ['model', 'google/gemini-nano-banana-2.1'];

beforeAll(async () => {
  vendors = await startVendors();
  mask = await readContent((await createMask(300, 200, open)).content);
});
afterAll(() => vendors.close());
afterEach(() => vendors.gemini.unscript());

const photo = () => createPicture(300, 200);
const photos: readonly [string, () => Promise<Buffer>][] = [
  ['a PNG', () => photo().png().toBuffer()],
  ['a JPEG', () => photo().jpeg().toBuffer()],
  ['a WebP', () => photo().webp({ lossless: true }).toBuffer()],
  ['a PNG with alpha', () => photo().ensureAlpha(0.4).png().toBuffer()],
  [
    'a JPEG that EXIF turns',
    () => createPicture(200, 300).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  ],
  ['a PNG that EXIF turns over', () => photo().withMetadata({ orientation: 3 }).png().toBuffer()],
];

/** What Gemini answers with, as one document or as the event of a stream. */
function answerWith(picture: Buffer, isStream = false): Step {
  const inlineData = { mimeType: 'image/png', data: picture.toString('base64') };
  const body = JSON.stringify({
    candidates: [{ content: { role: 'model', parts: [{ inlineData }] }, finishReason: 'STOP' }],
    usageMetadata: {
      ...{ promptTokenCount: 100, candidatesTokenCount: 1_120 },
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_120 }],
    },
  });
  return isStream
    ? { contentType: 'text/event-stream', body: `data: ${body}\r\n\r\n` }
    : { contentType: 'application/json', body };
}

const paid = { cost_nano_usd: 100 * 1_500 + 1_120 * 30_000 };
const solid = createPng({ width: 1264, height: 848, colour: [255, 0, 0] });

interface Answer {
  data?: { b64_json: string }[];
  output_format?: string;
  size?: string;
  warnings?: readonly Warning[];
  error?: { code: string; param: string; message: string };
}

/** By Gemini, with the mask, unless the entries say otherwise. */
function toMasked(...given: FormEntry[]): readonly FormEntry[] {
  const usual: readonly FormEntry[] = [banana, ['mask', mask]];
  const names = new Set(given.map(([name]) => name));
  return toEntries(...usual.filter(([name]) => !names.has(name)), ...given);
}

async function edit(...entries: FormEntry[]) {
  const { gateway, gemini, openai } = vendors;
  const [geminiBefore, openaiBefore] = [gemini.calls.length, openai.calls.length];
  const response = await postEdit(gateway, toMasked(...entries));
  const body = (await response.json()) as Answer;
  return {
    ...{ status: response.status, headers: response.headers, body, code: body.error?.code },
    adapted: response.headers.get('retouch-adapted'),
    geminiCalls: gemini.calls.slice(geminiBefore),
    openaiCalls: openai.calls.slice(openaiBefore),
  };
}

const seen = async (picture: Buffer): Promise<Pixels> =>
  readPixels(toContent(await sharp(picture).autoOrient().png().toBuffer()));
const resultOf = ({ data = [] }: Answer, index = 0): Buffer =>
  toPictures({ data })[index] ?? expect.unreachable('no picture');
const changesOf = async (before: Buffer, body: Answer) =>
  countChanges(await seen(before), await seen(resultOf(body)), open);

describe('a mask for a model that takes none', () => {
  test.each(photos)('holds on %s: nothing changes outside it, everything inside', async (_what, create) => {
    const image = await create();
    for (const answer of [
      solid,
      await sharp(image).autoOrient().negate({ alpha: false }).resize(1264, 848).png().toBuffer(),
    ]) {
      vendors.gemini.script(answerWith(answer));
      const { status, body, adapted } = await edit(['image', image]);
      expect([status, body.error]).toEqual([200, undefined]);
      expect(body).toMatchObject({ size: '300x200', output_format: 'png' });
      const { inside, outside } = await changesOf(image, body);
      expect(outside).toBe(0);
      expect(inside).toBeGreaterThan(0.95 * open.width * open.height);
      expect(adapted?.split(', ')[0]).toBe('mask');
    }
  });

  test.each(['google', 'local'])(
    'holds the colours of a telephone, by the values they are stored as (%s)',
    async (by) => {
      const image = await sharp(await photo().png().toBuffer())
        .withIccProfile('p3')
        .jpeg({ quality: 95 })
        .toBuffer();
      vendors.gemini.script(answerWith(solid));
      const local: FormEntry[] = [
        ['model', 'local/retouch'],
        ['prompt', 'invert the colours'],
      ];
      const { status, body } = await edit(['image', image], ...(by === 'local' ? local : []));
      expect([status, body.error]).toEqual([200, undefined]);
      const result = resultOf(body);
      const stored = async (bytes: Buffer): Promise<Pixels> =>
        readPixels(toContent(await sharp(bytes, { ignoreIcc: true }).png().toBuffer()));
      const { inside, outside } = countChanges(await stored(image), await stored(result), open);
      expect([inside > 10_000, outside]).toEqual([true, 0]);
      const [before, after] = [await sharp(image).metadata(), await sharp(result).metadata()];
      expect(after.icc?.equals(before.icc ?? Buffer.alloc(0))).toBe(true);
      // Inside it is what it would be without a profile.
      if (by === 'google') expect((await seen(result)).at(160, 95).slice(0, 3)).toEqual([255, 0, 0]);
      expect((body.warnings ?? []).some(({ message }) => message.includes('profile'))).toBe(false);
    },
  );

  test('says what it cannot hold: a profile in another format than PNG, and more than 8 bits', async () => {
    const wide = await sharp(await photo().png().toBuffer())
      .withIccProfile('p3')
      .png()
      .toBuffer();
    vendors.gemini.script(answerWith(solid), answerWith(solid));
    const webp = await edit(['image', wide], ['output_format', 'webp']);
    expect(webp.body.warnings?.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^The colour profile of image was not kept/),
    );
    const deep = await photo().toColourspace('rgb16').png().toBuffer();
    const { body } = await edit(['image', deep]);
    expect(body.warnings?.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/more than 8 bits for each channel/),
    );
  });

  test('is shown to it, in a copy and in words', async () => {
    const image = await photo().png().toBuffer();
    const { geminiCalls, body } = await edit(['image', image], ['image', small]);
    const [call] = geminiCalls;
    expect(call?.contents[0]?.parts).toEqual([
      { mimeType: 'image/png', sha256: toSha256(image) },
      { mimeType: 'image/png', sha256: toSha256(small) },
      { mimeType: 'image/jpeg', sha256: expect.any(String) },
      { text: 'make it blue' },
      { text: expect.stringMatching(/last picture is a copy of the first .* magenta/) },
    ]);
    expect(call?.config.imageConfig).toEqual({ aspectRatio: '3:2', imageSize: '1K' });
    expect(body.warnings).toEqual([
      {
        param: 'mask',
        message: expect.stringMatching(
          /takes no mask: .* marked .* put the picture back outside it, unchanged/,
        ),
      },
    ]);
  });

  test('is told in words where there is no room for a copy', async () => {
    const images = Array.from({ length: 14 }, (): FormEntry => ['image', small]);
    const hole = createPng({ width: 64, height: 48, colour: [0, 0, 0, 0] });
    const { status, geminiCalls } = await edit(...images, ['mask', hole]);
    expect(status).toBe(200);
    const parts = geminiCalls[0]?.contents[0]?.parts ?? [];
    expect(parts.filter(({ mimeType }) => mimeType)).toHaveLength(14);
    expect(parts.at(-1)?.text).toMatch(/^Change only the region that this is about/);
  });

  test('comes with a picture that is upright, since not every model heeds EXIF', async () => {
    const image = await createPicture(200, 300).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { geminiCalls, body } = await edit(['image', image]);
    expect(geminiCalls[0]?.contents[0]?.parts[0]).toMatchObject({ mimeType: 'image/jpeg' });
    expect(geminiCalls[0]?.contents[0]?.parts[0]?.sha256).not.toBe(toSha256(image));
    expect(body.warnings?.map(({ param }) => param)).toEqual(['mask', 'image']);
  });

  test('may have soft edges: between, the two pictures are mixed', async () => {
    const image = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#00f' } })
      .png()
      .toBuffer();
    const data = Buffer.alloc(300 * 200 * 4);
    // Alpha 0 on the left, 255 on the right, one more degree with every pixel between.
    for (let at = 0; at < 300 * 200; at += 1) data[at * 4 + 3] = Math.min(255, Math.max(0, (at % 300) - 20));
    const soft = await sharp(data, { raw: { width: 300, height: 200, channels: 4 } })
      .png()
      .toBuffer();
    vendors.gemini.script(answerWith(solid));
    const { body } = await edit(['image', image], ['mask', soft]);
    const { at } = await seen(resultOf(body));
    expect(at(10, 100)).toEqual([255, 0, 0, 255]);
    for (const keep of [1, 64, 128, 200, 254]) {
      const [red = 0, green, blue = 0] = at(20 + keep, 100);
      expect(green).toBe(0);
      expect(red).toBeGreaterThan(0);
      expect(red + blue).toBeGreaterThanOrEqual(254);
      expect(Math.abs(blue - keep)).toBeLessThanOrEqual(64);
    }
    expect(at(290, 100)).toEqual([0, 0, 255, 255]);
  });

  test('may be narrow: the middle of a line is edited too', async () => {
    const image = await photo().png().toBuffer();
    const line: Box = { left: 100, top: 20, width: 3, height: 150 };
    const narrow = await readContent((await createMask(300, 200, line)).content);
    vendors.gemini.script(answerWith(solid));
    const { body } = await edit(['image', image], ['mask', narrow]);
    const after = await seen(resultOf(body));
    expect(after.at(101, 90)).toEqual([255, 0, 0, 255]);
    expect(countChanges(await seen(image), after, line).outside).toBe(0);
  });

  test('holds on a picture whose shape the model does not give: it is shown with margins', async () => {
    const image = await createPicture(280, 200).png().toBuffer();
    const hole = await readContent((await createMask(280, 200, open)).content);
    vendors.gemini.script(answerWith(createPng({ width: 1200, height: 896, colour: [255, 0, 0] })));
    const { status, body, geminiCalls } = await edit(['image', image], ['mask', hole]);
    expect([status, body.size]).toEqual([200, '280x200']);
    expect(geminiCalls[0]?.config.imageConfig).toEqual({ aspectRatio: '4:3', imageSize: '1K' });
    expect(geminiCalls[0]?.contents[0]?.parts.at(-1)?.text).toMatch(/grey margins/);
    const { inside, outside } = await changesOf(image, body);
    expect(outside).toBe(0);
    expect(inside).toBeGreaterThan(0.95 * open.width * open.height);
    expect(body.warnings?.map(({ param }) => param)).toEqual(['mask', 'image']);
    expect(body.warnings?.[1]?.message).toMatch(
      /no picture of the shape 280x200: margins made image 280x209/,
    );
    vendors.gemini.script(answerWith(createPng({ width: 1024, height: 1024 })));
    expect(await edit(['image', image], ['mask', hole])).toMatchObject({
      status: 502,
      code: 'mask_not_applied',
    });
  });

  test('does not fit an answer of another shape: that is refused, and what it cost is on record', async () => {
    vendors.gemini.script(answerWith(createPng({ width: 1024, height: 1024 })));
    const { status, body, headers } = await edit(['image', await photo().png().toBuffer()]);
    expect([status, body.error?.code, body.error?.param]).toEqual([502, 'mask_not_applied', 'mask']);
    expect(body.error?.message).toMatch(/1024x1024 pixels to a picture of 300x200/);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(readLedger(vendors.gateway).at(-1)).toMatchObject({
      ...{ state: 'settled', status: 502, error_code: 'mask_not_applied', images_out: 0, ...paid },
    });
  });

  test('does not fit one answer of several: the others come, and that is said', async () => {
    vendors.gemini.script(answerWith(solid), answerWith(createPng({ width: 512, height: 1024 })));
    const image = await photo().png().toBuffer();
    const { status, body, adapted } = await edit(['image', image], ['n', '2']);
    expect([status, body.data?.length, adapted]).toEqual([200, 1, 'mask, n']);
    expect((await changesOf(image, body)).outside).toBe(0);
    expect(body.warnings?.at(-1)).toEqual({
      param: 'n',
      message: expect.stringMatching(/^A picture is missing: .*512x1024/),
    });
    expect(readLedger(vendors.gateway).at(-1)).toMatchObject({
      state: 'settled',
      cost_nano_usd: 2 * paid.cost_nano_usd,
    });
  });

  test('cannot be laid on a damaged answer: that is the vendor’s fault, and paid', async () => {
    vendors.gemini.script(answerWith(solid.subarray(0, solid.length - 30)));
    const { status, code, headers } = await edit(['image', await photo().png().toBuffer()]);
    expect([status, code, headers.get('x-should-retry')]).toEqual([
      502,
      'upstream_invalid_response',
      'false',
    ]);
    expect(readLedger(vendors.gateway).at(-1)).toMatchObject({ state: 'settled', ...paid });
  });

  test('holds in a stream', async () => {
    const image = await photo().png().toBuffer();
    vendors.gemini.script(answerWith(solid, true));
    const entries = toMasked(['image', image], ['stream', 'true']);
    const response = await postEdit(vendors.gateway, entries);
    const events = readSentEvents(await response.text());
    expect(events.map(({ event }) => event)).toEqual(['image_edit.completed']);
    const data = JSON.parse(events[0]?.data ?? '');
    expect(data).toMatchObject({ size: '300x200', warnings: [{ param: 'mask' }] });
    const { inside, outside } = await changesOf(image, { data: [data] });
    expect([inside > 10_000, outside]).toEqual([true, 0]);
  });

  test('that does not fit in a stream is an answer with a status, and what it cost is on record', async () => {
    vendors.gemini.script(answerWith(createPng({ width: 1024, height: 1024 }), true));
    const { status, code } = await edit(['image', await photo().png().toBuffer()], ['stream', 'true']);
    expect([status, code]).toEqual([502, 'mask_not_applied']);
    expect(readLedger(vendors.gateway).at(-1)).toMatchObject({ state: 'settled', ...paid });
  });

  test('holds in WebP too, which is lossless then', async () => {
    const image = await photo().ensureAlpha(0.4).png().toBuffer();
    vendors.gemini.script(answerWith(solid));
    const { body } = await edit(['image', image], ['output_format', 'webp']);
    expect(body).toMatchObject({ output_format: 'webp', size: '300x200' });
    const { inside, outside } = await changesOf(image, body);
    expect([inside > 10_000, outside]).toEqual([true, 0]);
    expect(body.warnings?.[0]?.message).toMatch(/outside it, unchanged\.$/);
  });

  test.each(['jpeg', 'webp'])('holds as well as %s can, and that is said', async (format) => {
    const image = await photo().png().toBuffer();
    vendors.gemini.script(answerWith(solid));
    const { body } = await edit(['image', image], ['output_format', format], ['output_compression', '95']);
    expect(body).toMatchObject({ output_format: format, size: '300x200' });
    expect(body.warnings?.[0]?.message).toMatch(
      `compressed as ${format}, which keeps no pixel exactly (png does)`,
    );
    const [before, after] = [await seen(image), await seen(resultOf(body))];
    for (const [x, y] of [
      [10, 10],
      [290, 190],
      [50, 100],
    ] as const) {
      for (const [channel, value] of before.at(x, y).entries()) {
        expect(Math.abs((after.at(x, y)[channel] ?? 0) - value)).toBeLessThan(24);
      }
    }
  });

  test.each<[string, () => Promise<FormEntry[]>, string]>([
    [
      'a shape that no answer comes near',
      async () => [
        ['image', createPng({ width: 2_000, height: 100 })],
        ['mask', createPng({ width: 2_000, height: 100, colour: [0, 0, 0, 0] })],
      ],
      'mask_not_supported',
    ],
    [
      'another shape asked for',
      async () => [
        ['image', await photo().png().toBuffer()],
        ['size', '1024x1024'],
      ],
      'mask_not_supported',
    ],
    [
      'a mask that is opaque everywhere',
      async () => [
        ['image', await photo().png().toBuffer()],
        ['mask', createPng({ width: 300, height: 200, colour: [0, 0, 0, 255] })],
      ],
      'invalid_mask_image_format',
    ],
    [
      'a damaged mask',
      async () => [
        ['image', await photo().png().toBuffer()],
        ['mask', mask.subarray(0, mask.length - 40)],
      ],
      'invalid_image_file',
    ],
  ])(
    'is refused before anything is sent with %s, by every model that does not hold it',
    async (_what, create, code) => {
      for (const model of [
        [banana],
        [
          ['model', 'openai/gpt-image-2'],
          ['mask_mode', 'strict'],
        ],
      ] as FormEntry[][]) {
        const entries = await create();
        const refused = await edit(...entries, ...model);
        expect([refused.status, refused.code]).toEqual([400, code]);
        expect([...refused.geminiCalls, ...refused.openaiCalls]).toEqual([]);
      }
    },
  );
});

describe('a mask for a model to which it is a hint', () => {
  const gpt: FormEntry = ['model', 'openai/gpt-image-2'];
  const strict: FormEntry = ['mask_mode', 'strict'];

  test.each<[string, FormEntry[]]>([
    ['by default', []],
    ['where the model’s own way is asked for', [['mask_mode', 'model']]],
  ])('is the vendor’s affair %s: its answer comes as it is', async (_when, entries) => {
    const image = await photo().png().toBuffer();
    const { body, openaiCalls, adapted } = await edit(gpt, ['image', image], ...entries);
    expect(openaiCalls[0]?.files.map(({ name, sha256 }) => [name, sha256])).toEqual([
      ['image', toSha256(image)],
      ['mask', toSha256(mask)],
    ]);
    expect(toSha256(resultOf(body))).toBe(
      toSha256(createPng({ width: 1024, height: 1024, provenanceBytes: 300 })),
    );
    expect(adapted).toBeNull();
  });

  test.each(photos)('holds strictly on %s', async (_what, create) => {
    const image = await create();
    const { status, body, openaiCalls, adapted } = await edit(gpt, strict, ['image', image]);
    expect([status, body.error, adapted]).toEqual([200, undefined, 'mask']);
    expect(openaiCalls[0]?.fields).toMatchObject({ size: '1536x1024' });
    expect(openaiCalls[0]?.files.map(({ sha256 }) => sha256)).toEqual([toSha256(image), toSha256(mask)]);
    expect(body).toMatchObject({ size: '300x200', output_format: 'png' });
    const { inside, outside } = await changesOf(image, body);
    expect(outside).toBe(0);
    expect(inside).toBeGreaterThan(0.95 * open.width * open.height);
  });

  test('holds strictly in every picture of a stream, half done or not', async () => {
    const image = await photo().png().toBuffer();
    const entries = toMasked(gpt, strict, ['image', image], ['stream', 'true'], ['partial_images', '2']);
    const response = await postEdit(vendors.gateway, entries);
    const events = readSentEvents(await response.text());
    expect(events.map(({ event }) => event)).toEqual([
      ...['image_edit.partial_image', 'image_edit.partial_image', 'image_edit.completed'],
    ]);
    for (const { data } of events) {
      const { inside, outside } = await changesOf(image, { data: [JSON.parse(data)] });
      expect([inside > 10_000, outside]).toEqual([true, 0]);
    }
  });

  test('is compressed once, as asked, and not by the vendor before', async () => {
    const image = await photo().png().toBuffer();
    const compress = async (compression: string) => {
      const format: FormEntry[] = [
        ['output_format', 'webp'],
        ['output_compression', compression],
      ];
      const { body, openaiCalls } = await edit(gpt, strict, ['image', image], ...format);
      expect(Object.keys(openaiCalls[0]?.fields ?? {})).toEqual(['model', 'prompt', 'size']);
      expect(body).toMatchObject({ output_format: 'webp', size: '300x200' });
      return resultOf(body).length;
    };
    expect(await compress('5')).toBeLessThan((await compress('100')) / 3);
  });
});

test('a mask in test mode holds as it would for money', async () => {
  const image = await photo().png().toBuffer();
  const form = toMasked(['image', image]);
  const response = await postEdit(vendors.gateway, form, { key: vendors.gateway.testKey });
  const body = (await response.json()) as Answer;
  expect(response.headers.get('retouch-adapted')).toBe('mask, prompt');
  expect(await decodePixels(resultOf(body))).toMatchObject({ width: 300, height: 200 });
  const { inside, outside } = await changesOf(image, body);
  expect([inside > 100, outside]).toEqual([true, 0]);
});
