import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { describeProvider } from '../../../test/support/describe-provider.ts';
import { createCall, readContent, toInputImage, toSha256 } from '../../../test/support/edit-call.ts';
import { createPicture } from '../../../test/support/pictures.ts';
import {
  type FaultName,
  geminiKey,
  type ScriptedGemini,
  type Step,
  startScriptedGemini,
  toPicture,
} from '../../../test/support/scripted-gemini.ts';
import { createNoise, createPng } from '../../../test/support/small-png.ts';
import { readAll, toBytes } from '../../core/bytes.ts';
import type { EditCall, EditEvent, EditedImage, EditOutcome, Turn } from '../../core/edit.ts';
import { type ErrorCode, RetouchError } from '../../core/errors.ts';
import { createTransport, type TransportOptions } from '../transport.ts';
import { createGoogle, googleModels } from './index.ts';

const limits: TransportOptions = {
  connectTimeoutMs: 1_000,
  headersTimeoutMs: 800,
  idleTimeoutMs: 800,
  totalTimeoutMs: 5_000,
  maxResponseBytes: 32 * 2 ** 20,
};

function connect(upstream: ScriptedGemini, options: Partial<TransportOptions> = {}) {
  const transport = createTransport({ ...limits, ...options });
  const config = { geminiApiKey: upstream.key, geminiBaseUrl: upstream.url };
  return { provider: createGoogle({ config, transport }), transport };
}

const readSignature = async (image: EditedImage | undefined) =>
  image?.signature && (await readAll(image.signature, 5_000_000)).toString();

const picturesOf = ({ calls }: ScriptedGemini) =>
  calls.at(-1)?.contents.flatMap(({ parts }) => parts.flatMap(({ sha256 }) => sha256 ?? [])) ?? [];

describeProvider('google', 'google/gemini-nano-banana-2.1', async () => {
  const upstream = await startScriptedGemini();
  const { provider, transport } = connect(upstream);
  return {
    provider,
    upstream: {
      key: geminiKey,
      fail: upstream.script,
      callCount: () => upstream.calls.length,
      received: () => picturesOf(upstream),
      unplug: upstream.unplug,
      plugIn: upstream.plugIn,
    },
    async close() {
      await transport.close();
      await upstream.close();
    },
  };
});

let upstream: ScriptedGemini;
let subject: ReturnType<typeof connect>;
beforeAll(async () => {
  upstream = await startScriptedGemini();
  subject = connect(upstream);
});
afterEach(() => upstream.unscript());
afterAll(async () => {
  await subject.transport.close();
  await upstream.close();
});

const getModel = (id: string) => {
  const model = googleModels.find((candidate) => candidate.id === id);
  if (!model) throw new Error(`no ${id}`);
  return model;
};
const png = createPng({ width: 16, height: 16, colour: [10, 20, 30, 255] });
const image = toInputImage('image', png);
const jpeg = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), createNoise(5_000)]);
const webp = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'), createNoise(5_001)]);
const square = { width: 1_024, height: 1_024 };

const createEditCall = (wishes: Partial<Parameters<typeof createCall>[0]> = {}) =>
  createCall({ model: getModel('google/gemini-nano-banana-2.1'), images: [image], ...wishes });
/** The same, asked for in chat. */
function createChatCall(turns: readonly Turn[], wishes: Partial<Parameters<typeof createCall>[0]> = {}) {
  const call = createEditCall(wishes);
  return { ...call, request: { ...call.request, conversation: { turns, olderImages: 0 } } };
}
const ask: readonly Turn[] = [{ role: 'user', parts: [{ type: 'text', text: 'Paint it blue.' }] }];

const edit = (call: EditCall, signal = new AbortController().signal): Promise<EditOutcome> =>
  subject.provider.edit(call, signal);
const failureOf = async (promise: Promise<unknown>): Promise<RetouchError> => {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RetouchError);
  return error as RetouchError;
};
const sha256Of = async ({ images }: EditOutcome, index = 0): Promise<string> =>
  toSha256(await readContent((images[index] as (typeof images)[0]).content));

describe('What goes to Gemini', () => {
  test('An edit is one turn, pictures first, with nothing invented', async () => {
    const images = [
      image,
      toInputImage('a', jpeg, { format: 'jpeg', encoding: 'base64' }),
      toInputImage('b', webp, { format: 'webp' }),
    ];
    await edit(createEditCall({ images, prompt: 'Käse\r\n"✂️" \\ </script>' }));
    const call = upstream.calls.at(-1);
    expect(call).toMatchObject({ method: 'generateContent', model: 'gemini-nano-banana-2.1', system: [] });
    expect(call?.refusal).toBeUndefined();
    expect(call?.contents).toEqual([
      {
        role: 'user',
        parts: [
          { mimeType: 'image/png', sha256: toSha256(png) },
          { mimeType: 'image/jpeg', sha256: toSha256(jpeg) },
          { mimeType: 'image/webp', sha256: toSha256(webp) },
          { text: 'Käse\r\n"✂️" \\ </script>' },
        ],
      },
    ]);
    expect(call?.config).toEqual({ responseModalities: ['TEXT', 'IMAGE'] });
    expect(call?.headers).toMatchObject({ 'x-goog-api-key': geminiKey, 'accept-encoding': 'identity' });
  });

  test('Parameters go by the names of the vendor', async () => {
    const parameters = {
      ...{ aspect_ratio: '16:9', image_size: '2K', temperature: 0.4, seed: -7, max_tokens: 9_000 },
      modalities: 'image',
    };
    await edit(createEditCall({ parameters }));
    expect(upstream.calls.at(-1)?.config).toEqual({
      responseModalities: ['IMAGE'],
      imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
      temperature: 0.4,
      seed: -7,
      maxOutputTokens: 9_000,
    });
  });

  test('A model with one resolution is not told of it', async () => {
    const model = getModel('google/gemini-2.5-flash-image');
    await edit(createEditCall({ model, parameters: { image_size: '1K', aspect_ratio: '3:4' } }));
    expect(upstream.calls.at(-1)?.config.imageConfig).toEqual({ aspectRatio: '3:4' });
    await edit(createEditCall({ model, parameters: { image_size: '1K' } }));
    expect(upstream.calls.at(-1)?.config.imageConfig).toBeUndefined();
  });

  test('A conversation keeps its roles, its order and its signatures; empty texts are left out', async () => {
    const turns: Turn[] = [
      {
        role: 'system',
        parts: [
          { type: 'text', text: 'Be brief.' },
          { type: 'image', image },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'A hat.' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: '' },
          { type: 'text', text: 'Here.', signature: toBytes(Buffer.from('dGV4dA==')) },
          { type: 'image', image, signature: toBytes(Buffer.from('c2lnbmF0dXJl')) },
        ],
      },
      { role: 'assistant', parts: [{ type: 'text', text: '' }] },
      { role: 'system', parts: [{ type: 'text', text: 'And kind.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Now blue.' }] },
    ];
    await edit({ ...createChatCall(turns), instructionNote: 'Only what is marked.' });
    const call = upstream.calls.at(-1);
    expect(call?.refusal).toBeUndefined();
    expect(call?.system).toEqual(['Be brief.', 'And kind.']);
    const picture = { mimeType: 'image/png', sha256: toSha256(png) };
    expect(call?.contents).toEqual([
      { role: 'user', parts: [picture] },
      { role: 'user', parts: [{ text: 'A hat.' }] },
      {
        role: 'model',
        parts: [
          { text: 'Here.', signature: 'dGV4dA==' },
          { ...picture, signature: 'c2lnbmF0dXJl' },
        ],
      },
      { role: 'user', parts: [{ text: 'Now blue.' }, { text: 'Only what is marked.' }] },
    ]);
  });

  test('What the model said before is vouched for where its signature is lost, or never was', async () => {
    const words = { type: 'text', text: 'Here.' } as const;
    const turns: Turn[] = [
      { role: 'user', parts: [words, { type: 'image', image }] },
      { role: 'assistant', parts: [words, words, { type: 'image', image }] },
      { role: 'user', parts: [{ type: 'text', text: 'Now blue.' }] },
    ];
    await edit(createChatCall(turns));
    const call = upstream.calls.at(-1);
    expect(call?.refusal).toBeUndefined();
    expect(call?.contents.map(({ parts }) => parts.map(({ signature }) => signature))).toEqual([
      [undefined, undefined],
      ['skip_thought_signature_validator', undefined, 'skip_thought_signature_validator'],
      [undefined],
    ]);
  });

  test('A request above the limit is refused with the limit, and nothing leaves', async () => {
    const before = upstream.calls.length;
    const bytes = Buffer.alloc(14 * 2 ** 20);
    const images = Array.from({ length: 6 }, (_, index) => toInputImage(`image[${index}]`, bytes));
    let dispatched = false;
    const beforeDispatch = async (): Promise<void> => {
      dispatched = true;
    };
    const error = await failureOf(edit(createEditCall({ images, beforeDispatch })));
    expect(error).toMatchObject({ code: 'request_too_large', param: 'image' });
    expect(error.message).toContain('104857600');
    expect(upstream.calls.length).toBe(before);
    expect(dispatched).toBe(false);
  });

  const choices = googleModels.flatMap((model) =>
    Object.entries(model.parameters).flatMap(([name, rule]) =>
      rule.kind === 'choice' ? rule.values.map((value) => ({ model, name, value })) : [],
    ),
  );

  test('Every model takes every value that its data offers', async () => {
    for (const { model, name, value } of choices) {
      // Large pictures take their time to draw.
      upstream.script(name === 'image_size' ? { pictures: 0 } : 'ok');
      await edit(createChatCall(ask, { model, images: [], parameters: { [name]: value } }));
      expect(upstream.calls.at(-1)?.refusal, `${model.id} ${name}=${value}`).toBeUndefined();
    }
  });

  test('Ratios are as many pixels as the vendor gives', async () => {
    for (const id of ['google/gemini-2.5-flash-image', 'google/gemini-nano-banana-2.1']) {
      const model = getModel(id);
      for (const [aspect_ratio, pixels] of Object.entries(model.ratios ?? {})) {
        const { facts } = await edit(createEditCall({ model, parameters: { aspect_ratio } }));
        expect(facts.size, `${id} ${aspect_ratio}`).toBe(pixels);
      }
    }
  });
});

describe('What comes from Gemini', () => {
  test('The picture comes back byte for byte from where it was spooled, with usage and signature', async () => {
    upstream.script({ pictureBytes: 3_000_000, signature: 'c2ln'.repeat(50_000) });
    const call = createEditCall({ prompt: '12345678' });
    const outcome = await edit(call);
    expect(await sha256Of(outcome)).toBe(toSha256(toPicture(square, { pictureBytes: 3_000_000 })));
    expect(outcome.facts).toEqual({ output_format: 'png', size: '1024x1024' });
    expect(outcome.images[0]?.answer).toBe(0);
    expect(await readSignature(outcome.images[0])).toBe('c2ln'.repeat(50_000));
    expect(outcome.texts).toEqual(['Here is your picture.']);
    expect(outcome.usage).toEqual({
      inputTextTokens: 2,
      inputImageTokens: 258,
      outputImageTokens: 1_290,
      outputTextTokens: 28,
    });
    expect(new Set(call.upstreamIds)).toEqual(new Set(['resp-0123456789']));
    expect(outcome.warnings).toEqual([]);
    expect(call.spools.length).toBe(1);
  });

  test('Escaped base64 is unescaped, wherever the pieces are cut', async () => {
    upstream.script({ pictureBytes: 500_000, escaped: true, texts: ['a/b= '.repeat(1_000)] });
    const outcome = await edit(createEditCall());
    expect(await sha256Of(outcome)).toBe(toSha256(toPicture(square, { pictureBytes: 500_000 })));
    expect(outcome.texts).toEqual(['a/b= '.repeat(1_000)]);
  });

  test('The format is told by the bytes, whatever was declared', async () => {
    upstream.script({ mimeType: 'image/jpeg' });
    expect((await edit(createEditCall())).facts.output_format).toBe('png');
  });

  test('Drafts are no results, and thoughts are billed as text', async () => {
    upstream.script({ drafts: 2 });
    const outcome = await edit(createChatCall(ask));
    expect(outcome.images.length).toBe(1);
    expect(await sha256Of(outcome)).toBe(toSha256(toPicture(square)));
    expect(outcome.texts).toEqual(['Here is your picture.']);
    expect(outcome.usage).toMatchObject({ outputImageTokens: 1_290, outputTextTokens: 128 });
    upstream.script({ drafts: 2, pictures: 0, texts: [] });
    expect((await failureOf(edit(createEditCall({ events: [] })))).code).toBe('no_image_returned');
  });

  test('Usage may be absent, and an answer may have several pictures', async () => {
    upstream.script({ withoutUsage: true, pictures: 3 });
    const outcome = await edit(createEditCall());
    expect(outcome.usage).toBeUndefined();
    expect(outcome.images.map(({ answer }) => answer)).toEqual([0, 0, 0]);
    expect(await sha256Of(outcome, 2)).toBe(toSha256(toPicture(square, {}, 2)));
    expect(outcome.warnings).toEqual([{ param: 'n', message: 'The answer has 3 pictures.' }]);
  });

  const withData = (data: string, usageMetadata: object = {}): Step => ({
    contentType: 'application/json',
    body: JSON.stringify({
      candidates: [{ content: { role: 'model', parts: [{ inlineData: { data } }] }, finishReason: 'STOP' }],
      usageMetadata,
    }),
  });

  test.each(['iVBORw0KGgo!!!', '!!!!', 'QUJD'])(
    'A picture that is none (%j) is no fault of ours',
    async (data) => {
      upstream.script(withData(data));
      expect((await failureOf(edit(createEditCall()))).code).toBe('upstream_invalid_response');
      upstream.script(withData(data), 'ok', 'ok');
      const outcome = await edit(createEditCall({ parameters: { n: 3 } }));
      expect(outcome.images).toHaveLength(2);
    },
  );

  test.each<[object, number | undefined, number | undefined]>([
    [
      { totalTokenCount: 1_590, candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }] },
      1_290,
      0,
    ],
    [{ candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }] }, 1_290, 0],
    [
      { candidatesTokenCount: 28, candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }] },
      1_290,
      0,
    ],
    [{ totalTokenCount: 1_620 }, 1_320, 0],
    [{ totalTokenCount: 1_720, thoughtsTokenCount: 100 }, 1_320, 100],
    [{}, undefined, undefined],
    [{ candidatesTokenCount: 0 }, undefined, undefined],
  ])('A picture is never counted as nothing: %j', async (counts, outputImageTokens, outputTextTokens) => {
    upstream.script(withData(png.toString('base64'), { promptTokenCount: 300, ...counts }));
    const { usage } = await edit(createEditCall());
    expect([usage?.outputImageTokens, usage?.outputTextTokens]).toEqual([
      outputImageTokens,
      outputTextTokens,
    ]);
  });

  test('Every answer has its own format and its own ending', async () => {
    const small = await createPicture(8, 8).jpeg().toBuffer();
    upstream.script('ok', withData(small.toString('base64')));
    const { images } = await edit(createEditCall({ parameters: { n: 2 } }));
    expect(images.map(({ format }) => format).toSorted()).toEqual(['jpeg', 'png']);
    upstream.script(
      { pictures: 0, texts: ['It is a cat.'], finishReason: 'MAX_TOKENS' },
      { finishReason: 'IMAGE_SAFETY' },
      { texts: ['I begin '], pictures: 0, finishReason: 'SAFETY' },
    );
    const events: EditEvent[] = [];
    const outcome = await edit(createChatCall(ask, { events, parameters: { n: 3 } }));
    expect([...(outcome.endings ?? [])].toSorted()).toEqual(['content_filter', 'content_filter', 'length']);
    expect(outcome.images).toHaveLength(1);
  });

  test('All answers together have the time of one call', async () => {
    const { provider, transport } = connect(upstream, { totalTimeoutMs: 700, headersTimeoutMs: 700 });
    upstream.script(...Array.from({ length: 8 }, () => ({ delayMs: 450 })));
    const before = upstream.calls.length;
    const startedMs = performance.now();
    const outcome = await provider.edit(
      createEditCall({ parameters: { n: 8 } }),
      new AbortController().signal,
    );
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect([outcome.images.length, upstream.calls.length - before]).toEqual([4, 8]);
    expect(outcome.warnings.filter(({ param }) => param === 'n')).toHaveLength(4);
    await transport.close();
  });

  test('Nothing more leaves once the caller has gone, and what has left is waited for', async () => {
    const caller = new AbortController();
    upstream.script(...Array.from({ length: 8 }, () => ({ delayMs: 300 })));
    const before = upstream.calls.length;
    setTimeout(() => caller.abort(), 100);
    const outcome = await edit(createEditCall({ parameters: { n: 8 }, caller: caller.signal }));
    expect([outcome.images.length, upstream.calls.length - before]).toEqual([4, 4]);
    expect(outcome.warnings).toContainEqual({
      param: 'n',
      message: '4 of 8 answers were not asked for then.',
    });
  });

  test('A signature that could not be sent back is left out, and its picture stays', async () => {
    upstream.script({ signature: 'c2ln'.repeat(1_100_000) });
    const { images } = await edit(createEditCall());
    expect(images).toHaveLength(1);
    expect(images[0]?.signature).toBeUndefined();
  });

  const endings: [object, ErrorCode, RegExp][] = [
    ...[
      'SAFETY',
      'IMAGE_SAFETY',
      'PROHIBITED_CONTENT',
      'IMAGE_PROHIBITED_CONTENT',
      'BLOCKLIST',
      'SPII',
      'MODEL_ARMOR',
      'RECITATION',
      'IMAGE_RECITATION',
    ].map((finishReason): [object, ErrorCode, RegExp] => [
      { finishReason, pictures: 0, texts: [] },
      'moderation_blocked',
      new RegExp(`\\(${finishReason}\\)`),
    ]),
    ...['NO_IMAGE', 'IMAGE_OTHER', 'OTHER', 'LANGUAGE', 'MALFORMED_FUNCTION_CALL', 'SOMETHING_NEW'].map(
      (finishReason): [object, ErrorCode, RegExp] => [
        { finishReason, pictures: 0, texts: [], finishMessage: 'Try another prompt.' },
        'no_image_returned',
        new RegExp(`\\(${finishReason}\\): Try another prompt.$`),
      ],
    ),
    [{ blockReason: 'OTHER' }, 'moderation_blocked', /\(OTHER\)/],
    [{ pictures: 0, texts: ['I cannot ', 'do that.'] }, 'no_image_returned', /\(STOP\): I cannot do that\.$/],
    [{ pictures: 0, texts: ['word '.repeat(900)] }, 'no_image_returned', /: (word ){60}…$/],
    [{ pictures: 0, texts: [], finishReason: 'MAX_TOKENS' }, 'no_image_returned', /limit of tokens/],
    [{ pictures: 0, texts: [] }, 'no_image_returned', /without a picture \(STOP\)\.$/],
  ];
  test.for(endings)('A 200 that is no success: %j becomes %s', async ([wishes, code, message]) => {
    upstream.script(wishes, wishes);
    const whole = await failureOf(edit(createEditCall()));
    expect(whole.code).toBe(code);
    expect(whole.message).toMatch(message);
    const streamed = await failureOf(edit(createEditCall({ events: [] })));
    expect(streamed.message).toBe(whole.message);
  });

  test('In chat a text alone is an answer, unless only pictures were asked for', async () => {
    const wishes = { pictures: 0, texts: ['It is a cat.'] };
    upstream.script(wishes, wishes, { ...wishes, finishReason: 'MAX_TOKENS' }, { ...wishes, texts: [] });
    const outcome = await edit(createChatCall(ask));
    expect(outcome).toMatchObject({ images: [], texts: ['It is a cat.'] });
    expect(outcome.endings).toEqual(['stop']);
    expect(outcome.usage).toMatchObject({ outputImageTokens: 0, outputTextTokens: 14 });
    const onlyPictures = createChatCall(ask, { parameters: { modalities: 'image' } });
    expect((await failureOf(edit(onlyPictures))).code).toBe('no_image_returned');
    expect((await edit(createChatCall(ask))).endings).toEqual(['length']);
    expect((await failureOf(edit(createChatCall(ask)))).code).toBe('no_image_returned');
  });

  test('A picture that came is delivered even if the vendor then stopped for another reason', async () => {
    upstream.script({ finishReason: 'IMAGE_SAFETY' });
    const { images, warnings } = await edit(createEditCall());
    expect(images.length).toBe(1);
    expect(warnings).toEqual([
      { param: 'image', message: 'The answer was ended early by Gemini (IMAGE_SAFETY).' },
    ]);
  });
});

describe('A stream of Gemini', () => {
  const typesOf = (events: readonly EditEvent[]) =>
    events.map((event) => (event.type === 'text' ? event.text : event.type));

  test('Text comes as it is said, the picture whole, and the usage with it', async () => {
    for (const vertex of [false, true]) {
      upstream.script({ vertex, pictureBytes: 200_000, drafts: 1, signature: 'c2ln' });
      const events: EditEvent[] = [];
      const call = createChatCall(ask, { events });
      const outcome = await edit(call);
      expect(upstream.calls.at(-1)?.method).toBe('streamGenerateContent');
      expect(typesOf(events)).toEqual(['Here is', ' your picture.', 'completed']);
      expect(events.at(-1)).toMatchObject({
        image: { answer: 0, signature: { size: 4 } },
        facts: { output_format: 'png', size: '1024x1024' },
        usage: { outputImageTokens: 1_290, outputTextTokens: 128 },
      });
      expect(await sha256Of(outcome)).toBe(toSha256(toPicture(square, { pictureBytes: 200_000 })));
      expect(outcome.texts).toEqual(['Here is your picture.']);
      // One event after the other was let go, but for the one with the picture.
      expect(call.spools.filter(({ released }) => !released).length).toBe(1);
    }
  });

  test('An edit has no place for text: only the picture is told', async () => {
    const events: EditEvent[] = [];
    await edit(createEditCall({ events }));
    expect(typesOf(events)).toEqual(['completed']);
  });

  test('An upstream that answers JSON instead, as a list or not, still gives the events', async () => {
    upstream.script({ asList: true });
    const events: EditEvent[] = [];
    const outcome = await edit(createChatCall(ask, { events }));
    expect(typesOf(events)).toEqual(['Here is', ' your picture.', 'completed']);
    expect(outcome.usage).toMatchObject({ outputImageTokens: 1_290, outputTextTokens: 28 });
  });

  test('A line of 24 MB passes', async () => {
    const { provider, transport } = connect(upstream, { headersTimeoutMs: 20_000 });
    upstream.script({ pictureBytes: 18_000_000 });
    const outcome = await provider.edit(createEditCall({ events: [] }), new AbortController().signal);
    expect(outcome.images[0]?.content.bytes.size).toBeGreaterThan(24_000_000);
    await transport.close();
  });

  test('A picture that had come is delivered, though the stream was cut after it', async () => {
    upstream.script('stream-cut-after-picture');
    const events: EditEvent[] = [];
    const { images, warnings } = await edit(createEditCall({ events }));
    expect(images.length).toBe(1);
    expect(warnings).toEqual([{ param: 'image', message: 'The answer broke off after its picture.' }]);
    expect(typesOf(events)).toEqual(['completed']);
  });
});

describe('Several answers', () => {
  test('Each is a call of its own, four at once, and the usage is summed', async () => {
    upstream.script(...Array.from({ length: 10 }, () => ({ delayMs: 30 })));
    const before = upstream.calls.length;
    let dispatches = 0;
    const beforeDispatch = async (): Promise<void> => {
      dispatches += 1;
    };
    const outcome = await edit(createEditCall({ prompt: '12345678', parameters: { n: 10 }, beforeDispatch }));
    expect(upstream.calls.length - before).toBe(10);
    expect(dispatches).toBe(10);
    expect(upstream.mostAtOnce()).toBe(4);
    expect(outcome.images.map(({ answer }) => answer)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(outcome.texts?.length).toBe(10);
    expect(outcome.usage).toEqual({
      inputTextTokens: 20,
      inputImageTokens: 2_580,
      outputImageTokens: 12_900,
      outputTextTokens: 280,
    });
  });

  test('What came is returned, the missing ones are named, and their tokens count', async () => {
    upstream.script(
      'ok',
      { pictures: 0, texts: ['No.'] },
      { finishReason: 'IMAGE_SAFETY', pictures: 0, texts: [] },
    );
    const { images, texts, warnings, usage } = await edit(createEditCall({ parameters: { n: 3 } }));
    expect(images.map(({ answer }) => answer)).toEqual([0]);
    expect(texts).toEqual(['Here is your picture.']);
    expect(warnings.map(({ param }) => param)).toEqual(['n', 'n']);
    const said = warnings.map(({ message }) => message).join('\n');
    expect(said).toContain('of 3 is missing: Gemini answered without a picture (STOP): No.');
    expect(said).toContain("of 3 is missing: Gemini's safety system refused the result (IMAGE_SAFETY).");
    expect(usage).toMatchObject({
      inputImageTokens: 3 * 258,
      outputImageTokens: 1_290,
      outputTextTokens: 42,
    });
  });

  test('Where one answer does not tell its usage, the sum would be too little', async () => {
    upstream.script('ok', { withoutUsage: true });
    expect((await edit(createEditCall({ parameters: { n: 2 } }))).usage).toBeUndefined();
  });

  test('When the vendor refuses for now, no further calls are made', async () => {
    upstream.script('ok', ...Array.from({ length: 9 }, () => 'rate-limited' as const));
    const before = upstream.calls.length;
    const { images, warnings } = await edit(createEditCall({ parameters: { n: 10 } }));
    expect(images.length).toBe(1);
    const made = upstream.calls.length - before;
    expect(made).toBeLessThan(10);
    expect(warnings.at(-1)?.message).toBe(`${10 - made} of 10 answers were not asked for then.`);
  });

  test('When none came, the failure that may have cost money is told before one that did not', async () => {
    upstream.script('rate-limited', 'rate-limited');
    expect(await failureOf(edit(createEditCall({ parameters: { n: 2 } })))).toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterMs: 3_290,
    });
    upstream.script('rate-limited', 'server-error', 'moderation');
    const error = await failureOf(edit(createEditCall({ parameters: { n: 3 } })));
    expect(error.code).toBe('upstream_outcome_unknown');
    upstream.script('rate-limited', 'moderation');
    expect((await failureOf(edit(createEditCall({ parameters: { n: 2 } })))).code).toBe('moderation_blocked');
  });

  test('One seed would make them all the same: each takes the next', async () => {
    const seed = 2 ** 31 - 1;
    await edit(createEditCall({ parameters: { n: 3, seed } }));
    const seeds = upstream.calls.slice(-3).map(({ config }) => config.seed);
    expect(seeds.sort()).toEqual([seed, -(2 ** 31), -(2 ** 31) + 1].sort());
  });

  test('Streamed answers are numbered as they begin to speak, and never speak at the same time', async () => {
    const steps = [60, 40, 20].map((delayMs) => ({ delayMs, eventDelayMs: 10 }));
    upstream.script(...steps, { pictures: 0, texts: [], finishReason: 'NO_IMAGE' });
    let speaking = 0;
    const events: EditEvent[] = [];
    const emit = async (event: EditEvent): Promise<void> => {
      speaking += 1;
      expect(speaking).toBe(1);
      await delay(3);
      events.push(event);
      speaking -= 1;
    };
    const call = createChatCall(ask, { parameters: { n: 4 } });
    const outcome = await edit({ ...call, emit });
    const numbers = events.map((event) => (event.type === 'text' ? event.answer : event.image.answer));
    expect([...new Set(numbers)]).toEqual([0, 1, 2]);
    expect(outcome.images.map(({ answer }) => answer).sort()).toEqual([0, 1, 2]);
    expect(outcome.texts?.length).toBe(3);
  });

  test('All of them end within 100 ms of an abort', async () => {
    upstream.script('silent', 'silent', 'silent', 'silent');
    const controller = new AbortController();
    const failed = failureOf(edit(createEditCall({ parameters: { n: 10 } }), controller.signal));
    await delay(50);
    const before = performance.now();
    controller.abort();
    expect((await failed).code).toBe('upstream_outcome_unknown');
    expect(performance.now() - before).toBeLessThan(100);
  });
});

describe('Refusals of Gemini', () => {
  const codes: [FaultName, ErrorCode, string?][] = [
    ['no-free-quota', 'upstream_out_of_credit'],
    ['quota-of-zero', 'upstream_out_of_credit'],
    ['credits-depleted', 'upstream_out_of_credit'],
    ['billing-disabled', 'upstream_out_of_credit'],
    ['not-logged-in', 'upstream_key_rejected'],
    ['forbidden', 'upstream_key_rejected'],
    ['wrong-country', 'upstream_key_rejected'],
    [
      'model-gone',
      'upstream_model_gone',
      'Gemini no longer serves google/gemini-nano-banana-2.1. Gemini: models/x is not found for API version v1beta.',
    ],
    ['model-shut-down', 'upstream_model_gone'],
    ['page-404', 'upstream_invalid_response'],
    ['too-large', 'request_too_large'],
    ['bad-picture', 'invalid_image_file'],
    ['bad-argument', 'upstream_rejected', 'Gemini: Request contains an invalid argument.'],
    ['overloaded', 'upstream_overloaded'],
    ['unavailable-page', 'upstream_outcome_unknown'],
    ['deadline', 'upstream_outcome_unknown'],
    ['bad-gateway', 'upstream_outcome_unknown'],
    ['list-of-errors', 'rate_limit_exceeded'],
    ['huge-error', 'upstream_rejected', 'Gemini answered with status 400.'],
    ['redirect', 'upstream_invalid_response'],
    ['reset-mid-upload', 'upstream_outcome_unknown'],
    ['reset-before-headers', 'upstream_outcome_unknown'],
    ['unparsable', 'upstream_invalid_response'],
    ['no-candidates', 'no_image_returned'],
    ['not-an-object', 'upstream_invalid_response'],
    ['page-200', 'upstream_invalid_response'],
    ['no-picture-in-it', 'upstream_invalid_response'],
    ['error-in-200', 'upstream_outcome_unknown'],
    ['list-of-errors-in-200', 'upstream_outcome_unknown'],
    ['endless', 'upstream_invalid_response'],
    ['stalled', 'upstream_invalid_response'],
    ['gzip', 'upstream_invalid_response'],
  ];
  test.for(codes)('%s becomes %s', async ([fault, code, message]) => {
    upstream.script(fault);
    const error = await failureOf(edit(createEditCall()));
    expect(error.code).toBe(code);
    if (message !== undefined) expect(error.message).toBe(message);
    expect(error.message.length).toBeLessThan(1_200);
  });

  test.for<[FaultName, ErrorCode]>([
    ['stream-cut', 'upstream_invalid_response'],
    ['stream-without-end', 'upstream_invalid_response'],
    ['stream-error', 'rate_limit_exceeded'],
    ['stream-list-of-errors', 'upstream_rejected'],
    // The work was under way.
    ['stream-error-late', 'upstream_outcome_unknown'],
    ['rate-limited', 'rate_limit_exceeded'],
    ['model-gone', 'upstream_model_gone'],
    ['server-error', 'upstream_outcome_unknown'],
  ])('In a stream %s becomes %s', async ([fault, code]) => {
    upstream.script(fault);
    expect((await failureOf(edit(createChatCall(ask, { events: [] })))).code).toBe(code);
  });

  test('RetryInfo says how long to wait, to the millisecond', async () => {
    upstream.script('rate-limited', 'list-of-errors', 'stream-error');
    const limited = [createEditCall(), createEditCall(), createEditCall({ events: [] })];
    for (const call of limited) expect((await failureOf(edit(call))).retryAfterMs).toBe(3_290);
    upstream.script('quota-of-zero');
    expect((await failureOf(edit(createEditCall()))).retryAfterMs).toBeUndefined();
  });

  test('Without a key nothing is tried, and the way on is named', async () => {
    const config = { geminiApiKey: undefined, geminiBaseUrl: upstream.url };
    const provider = createGoogle({ config, transport: subject.transport });
    expect(provider.missing).toBe('set GEMINI_API_KEY');
    const before = upstream.calls.length;
    const error = await failureOf(provider.edit(createEditCall(), new AbortController().signal));
    expect(error.code).toBe('provider_not_configured');
    expect(error.message).toContain('GEMINI_API_KEY');
    expect(upstream.calls.length).toBe(before);
  });

  test('The bill has one line for each answer that was made, and none for what was refused', async () => {
    const before = upstream.bill.length;
    await edit(createEditCall({ parameters: { n: 2 } }));
    upstream.script('rate-limited', 'cut');
    await failureOf(edit(createEditCall()));
    await failureOf(edit(createEditCall()));
    expect(upstream.bill.length - before).toBe(3);
  });
});

describe('Models', () => {
  test('Successors are models that live on, or lead to one', () => {
    for (const model of googleModels) {
      const seen = new Set<string>();
      let next = model;
      while (next.successor !== undefined && !seen.has(next.id)) {
        seen.add(next.id);
        next = getModel(next.successor);
      }
      expect(next.retiredOn, model.id).toBeUndefined();
      expect(next.successor, model.id).toBeUndefined();
    }
  });

  test('2.5 is still asked for, and its successor takes all that it takes', () => {
    const old = getModel('google/gemini-2.5-flash-image');
    expect(old.retiredOn).toBeUndefined();
    const successor = getModel(old.successor ?? '');
    expect(Object.keys(successor.ratios ?? {})).toEqual(
      expect.arrayContaining(Object.keys(old.ratios ?? {})),
    );
    expect(Object.keys(successor.imageSizes ?? {})).toEqual(
      expect.arrayContaining(Object.keys(old.imageSizes ?? {})),
    );
    expect(successor.prices?.imageOut).toBeLessThanOrEqual(old.prices?.imageOut ?? 0);
  });

  test('The prices are those of the table', () => {
    const perPicture = (id: string, size: string): number | undefined => {
      const { tokens, prices } = getModel(id);
      if (tokens.kind !== 'per-image' || !prices) return undefined;
      return Math.round(((tokens.out[size] ?? 0) * prices.imageOut) / 100) / 10_000;
    };
    expect(perPicture('google/gemini-2.5-flash-image', '1K')).toBe(0.0387);
    expect(perPicture('google/gemini-3-pro-image', '1K')).toBe(0.1344);
    expect(perPicture('google/gemini-3-pro-image', '4K')).toBe(0.24);
    expect(perPicture('google/gemini-3.1-flash-image', '512')).toBe(0.0448);
    expect(perPicture('google/gemini-3.1-flash-image', '2K')).toBe(0.1008);
    expect(perPicture('google/gemini-nano-banana-2.1', '1K')).toBe(0.0336);
    expect(perPicture('google/gemini-nano-banana-2.1', '4K')).toBe(0.1134);
  });
});

/** The vendor's own words, recorded (contract 3.3, traps 1 to 6). */
const data = new URL('../../../../shared/data/', import.meta.url);
const reason = existsSync(data) ? '' : ' (skipped: ../shared/data is not here)';

interface Recording {
  interactions: [{ response: { bodySegments: { candidates: { content: { parts?: object[] } }[] }[] } }];
}

async function readRecording(name: string) {
  const text = await readFile(new URL(name, data), 'utf8');
  const [{ response }] = (JSON.parse(text) as Recording).interactions;
  const chunks = response.bodySegments;
  const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');
  return { chunks, step: { contentType: 'text/event-stream', body } };
}

describe.skipIf(reason !== '')(`Recordings${reason}`, () => {
  const gemini = 'gemini-api-stream-recording.json';
  const vertex = 'vertex-stream-recording.json';

  async function replay(name: string) {
    const { chunks, step } = await readRecording(name);
    upstream.script(step);
    const events: EditEvent[] = [];
    const call = createChatCall(ask, { events });
    return { chunks, call, outcome: await edit(call), events };
  }

  test('Trap 1: text tokens are what is not listed', async () => {
    const { outcome } = await replay(gemini);
    expect(outcome.usage).toEqual({
      inputTextTokens: 15,
      inputImageTokens: 0,
      outputImageTokens: 1_290,
      outputTextTokens: 28,
    });
  });

  test('Traps 2 and 5: the last count is the one, and it is taken as reported', async () => {
    const { outcome, events } = await replay(vertex);
    const usage = { inputTextTokens: 14, inputImageTokens: 0, outputImageTokens: 258, outputTextTokens: 33 };
    expect(outcome.usage).toEqual(usage);
    expect(events.at(-1)).toMatchObject({ type: 'completed', usage });
  });

  test.for([gemini, vertex])(
    'Traps 3, 4 and 6: the end without parts, one long line, unknown keys: %s',
    async (name) => {
      const { chunks, call, outcome, events } = await replay(name);
      const data = /"data":"([^"]+)"/.exec(JSON.stringify(chunks))?.[1] ?? '';
      expect(data.length).toBeGreaterThan(1_300_000);
      expect(await sha256Of(outcome)).toBe(toSha256(Buffer.from(data, 'base64')));
      expect(events.map(({ type }) => type)).toEqual(['text', 'text', 'text', 'completed']);
      expect(outcome.texts?.[0]).toMatch(/^I will generate an image of the Eiffel Tower.*\n\n$/);
      expect(outcome.facts).toMatchObject({ output_format: 'png' });
      expect(call.upstreamIds[0]).toMatch(/^[\w-]{20,}$/);
    },
  );

  test('The same as one document gives the same', async () => {
    const { chunks } = await readRecording(gemini);
    const parts = chunks.flatMap(({ candidates }) => candidates[0]?.content.parts ?? []);
    const last = chunks.at(-1) as object;
    const body = { ...last, candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP' }] };
    upstream.script({ contentType: 'application/json; charset=UTF-8', body: JSON.stringify(body, null, 2) });
    const whole = await edit(createChatCall(ask));
    const { outcome } = await replay(gemini);
    expect(whole.usage).toEqual(outcome.usage);
    expect(whole.texts).toEqual(outcome.texts);
    expect(await sha256Of(whole)).toBe(await sha256Of(outcome));
  });
});
