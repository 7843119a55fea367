import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeProvider } from '../../../test/support/describe-provider.ts';
import { createCall, readContent, toInputImage, toSha256 } from '../../../test/support/edit-call.ts';
import {
  type FaultName,
  type ScriptedOpenai,
  startScriptedOpenai,
  upstreamKey,
} from '../../../test/support/scripted-openai.ts';
import { createNoise, createPng } from '../../../test/support/small-png.ts';
import type { EditCall, EditEvent } from '../../core/edit.ts';
import { type ErrorCode, RetouchError } from '../../core/errors.ts';
import { createTransport, type TransportOptions } from '../transport.ts';
import { createOpenai, openaiModels } from './index.ts';

const patient: TransportOptions = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 20_000,
  idleTimeoutMs: 20_000,
  totalTimeoutMs: 20_000,
  maxResponseBytes: 32 * 2 ** 20,
};
const impatient = { ...patient, headersTimeoutMs: 500, idleTimeoutMs: 500, totalTimeoutMs: 2_000 };

function connect(upstream: ScriptedOpenai, options: TransportOptions) {
  const transport = createTransport(options);
  const config = {
    openaiApiKey: upstream.key,
    openaiBaseUrl: upstream.url,
    openaiOrganization: undefined,
    openaiProject: undefined,
  };
  return { provider: createOpenai({ config, transport }), transport };
}

describeProvider('openai', 'openai/gpt-image-2', async () => {
  const upstream = await startScriptedOpenai();
  const { provider, transport } = connect(upstream, impatient);
  return {
    provider,
    upstream: {
      key: upstreamKey,
      fail: upstream.script,
      callCount: () => upstream.calls.length,
      received: () => upstream.calls.at(-1)?.files.map(({ sha256 }) => sha256) ?? [],
      unplug: upstream.unplug,
      plugIn: upstream.plugIn,
    },
    async close() {
      await transport.close();
      await upstream.close();
    },
  };
});

describe('openai', () => {
  let upstream: ScriptedOpenai;
  let subject: ReturnType<typeof connect>;
  beforeAll(async () => {
    upstream = await startScriptedOpenai();
    subject = connect(upstream, patient);
  });
  afterAll(async () => {
    await subject.transport.close();
    await upstream.close();
  });

  const getModel = (id: string) => {
    const model = openaiModels.find((candidate) => candidate.id === id);
    if (!model) throw new Error(`no ${id}`);
    return model;
  };
  const png = createPng({ width: 16, height: 16, colour: [10, 20, 30, 255] });
  const image = toInputImage('image', png);
  const createEditCall = (wishes: Partial<Parameters<typeof createCall>[0]> = {}) =>
    createCall({ model: getModel('openai/gpt-image-2'), images: [image], ...wishes });
  const edit = (call: EditCall) => subject.provider.edit(call, new AbortController().signal);
  const failureOf = async (promise: Promise<unknown>): Promise<RetouchError> => {
    const error = await promise.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RetouchError);
    return error as RetouchError;
  };

  test('What the caller gave goes out, text first, and nothing is invented', async () => {
    const parameters = { n: 1, size: '1536x864', quality: 'low', background: 'opaque', user: 'u-1' };
    await edit(createEditCall({ parameters, prompt: 'Käse\r\n--x\r\n"✂️"' }));
    const call = upstream.calls.at(-1);
    expect(call?.order).toEqual(['model', 'prompt', 'n', 'size', 'quality', 'background', 'user', 'image']);
    expect(call?.fields).toEqual({
      model: 'gpt-image-2',
      prompt: 'Käse\r\n--x\r\n"✂️"',
      n: '1',
      size: '1536x864',
      quality: 'low',
      background: 'opaque',
      user: 'u-1',
    });
    expect(call?.files).toEqual([
      {
        name: 'image',
        fileName: 'image-0.png',
        mediaType: 'image/png',
        size: png.length,
        sha256: toSha256(png),
      },
    ]);
    expect(call?.headers).toMatchObject({
      authorization: `Bearer ${upstreamKey}`,
      'accept-encoding': 'identity',
    });
    await edit(createEditCall());
    expect(upstream.calls.at(-1)?.order).toEqual(['model', 'prompt', 'image']);
  });

  test('Several pictures are `image[]` with the types that were sniffed, the mask comes last', async () => {
    const jpeg = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), createNoise(5_000)]);
    const webp = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'), createNoise(5_001)]);
    const mask = toInputImage('mask', createPng({ width: 16, height: 16, colour: [0, 0, 0, 0] }));
    const images = [
      image,
      toInputImage('a', jpeg, { format: 'jpeg', encoding: 'base64' }),
      toInputImage('b', webp, { format: 'webp', encoding: 'base64' }),
    ];
    await edit(createEditCall({ images, mask }));
    const files = upstream.calls.at(-1)?.files ?? [];
    expect(files.map((file) => [file.name, file.fileName, file.mediaType])).toEqual([
      ['image[]', 'image-0.png', 'image/png'],
      ['image[]', 'image-1.jpeg', 'image/jpeg'],
      ['image[]', 'image-2.webp', 'image/webp'],
      ['mask', 'mask.png', 'image/png'],
    ]);
    expect(files.slice(0, 3).map(({ sha256 }) => sha256)).toEqual([png, jpeg, webp].map(toSha256));
  });

  test('Two calls never share a boundary', async () => {
    await edit(createEditCall());
    await edit(createEditCall());
    const types = upstream.calls.slice(-2).map((call) => call.headers['content-type']);
    expect(types[0]).toMatch(/boundary=retouch-[0-9a-f]{48}$/);
    expect(types[0]).not.toBe(types[1]);
  });

  test('The picture comes back byte for byte, provenance and all, with the facts and the usage', async () => {
    upstream.script({ pictureBytes: 3_000_000 });
    const call = createEditCall({ parameters: { quality: 'high', size: '1024x1024' } });
    const outcome = await edit(call);
    expect(outcome.facts).toEqual({
      background: 'opaque',
      output_format: 'png',
      quality: 'high',
      size: '1024x1024',
    });
    expect(outcome.usage).toEqual({ inputTextTokens: 6, inputImageTokens: 323, outputImageTokens: 7_024 });
    expect(call.upstreamIds).toEqual([expect.stringMatching(/^req_\d+$/)]);
    const [picture] = outcome.images;
    expect(picture?.content.encoding).toBe('base64');
    const bytes = await readContent((picture as NonNullable<typeof picture>).content);
    expect(toSha256(bytes)).toBe(
      toSha256(createPng({ width: 1024, height: 1024, provenanceBytes: 3_000_000 })),
    );
    expect(bytes.toString('latin1', 37, 41)).toBe('caBX');
    // The whole answer was spooled once, and the picture is a window on it.
    expect(call.spools.length).toBe(1);
  });

  test('Escaped base64 is unescaped, wherever the pieces are cut', async () => {
    upstream.script({ pictureBytes: 500_000, escaped: true, revisedPrompt: `a/b ${'long '.repeat(1_000)}` });
    const { images } = await edit(createEditCall());
    const bytes = await readContent((images[0] as (typeof images)[0]).content);
    expect(toSha256(bytes)).toBe(
      toSha256(createPng({ width: 1024, height: 1024, provenanceBytes: 500_000 })),
    );
    expect(images[0]?.revisedPrompt).toBe(`a/b ${'long '.repeat(1_000)}`);
  });

  test('Usage may be absent', async () => {
    upstream.script({ withoutUsage: true });
    expect((await edit(createEditCall())).usage).toBeUndefined();
  });

  const codes: [FaultName, ErrorCode, string?][] = [
    ['out-of-quota', 'upstream_out_of_credit'],
    ['billing-limit', 'upstream_out_of_credit'],
    ['forbidden', 'upstream_key_rejected'],
    ['model-gone', 'upstream_model_gone', 'OpenAI: The model does not exist.'],
    ['overloaded', 'upstream_overloaded'],
    ['unavailable-page', 'upstream_outcome_unknown'],
    ['bad-gateway', 'upstream_outcome_unknown'],
    ['gateway-timeout', 'upstream_outcome_unknown'],
    ['huge-error', 'upstream_rejected', 'OpenAI answered with status 400.'],
    ['redirect', 'upstream_invalid_response'],
    ['reset-mid-upload', 'upstream_outcome_unknown'],
    ['reset-before-headers', 'upstream_outcome_unknown'],
    ['unparsable', 'upstream_invalid_response'],
    ['not-an-object', 'upstream_invalid_response'],
    ['no-image', 'no_image_returned'],
    ['link-instead', 'upstream_invalid_response'],
    ['error-in-200', 'upstream_outcome_unknown'],
    ['endless', 'upstream_invalid_response'],
    ['drip', 'upstream_invalid_response'],
    ['stalled', 'upstream_invalid_response'],
    ['gzip', 'upstream_invalid_response'],
  ];
  test.for(codes)('%s becomes %s', async ([fault, code, message]) => {
    const { provider, transport } = connect(upstream, impatient);
    upstream.script(fault);
    const error = await failureOf(provider.edit(createEditCall(), new AbortController().signal));
    await transport.close();
    expect(error.code).toBe(code);
    if (message !== undefined) expect(error.message).toBe(message);
    expect(error.message.length).toBeLessThan(1_200);
  });

  test.for<[FaultName, ErrorCode]>([
    ['stream-cut', 'upstream_invalid_response'],
    ['stream-without-end', 'upstream_invalid_response'],
    ['stream-error', 'moderation_blocked'],
    ['rate-limited', 'rate_limit_exceeded'],
    ['server-error', 'upstream_outcome_unknown'],
  ])('In a stream %s becomes %s', async ([fault, code]) => {
    upstream.script(fault);
    expect((await failureOf(edit(createEditCall({ events: [] })))).code).toBe(code);
  });

  test("The vendor's own refusal of a value names the parameter", async () => {
    const error = await failureOf(edit(createEditCall({ parameters: { size: '17x17' } })));
    expect(error).toMatchObject({ code: 'invalid_value', param: 'size' });
    expect(error.message).toContain('17x17');
  });

  test('Organisation ids and keys in the words of the vendor are not passed on', async () => {
    upstream.script('rate-limited');
    const limited = await failureOf(edit(createEditCall()));
    expect(limited.message).toBe(
      'OpenAI: Rate limit reached in organization [redacted] on images per minute.',
    );
    expect(limited.retryAfterMs).toBe(7_000);
  });

  test('A stream hands partial pictures on, frees them, and keeps the finished one', async () => {
    upstream.script({ pictureBytes: 200_000 });
    const events: EditEvent[] = [];
    const call = createEditCall({ events, parameters: { partial_images: 3 } });
    const { images, usage } = await edit(call);
    expect(events.map((event) => (event.type === 'partial' ? event.index : event.type))).toEqual([
      0,
      1,
      2,
      'completed',
    ]);
    expect(images.length).toBe(1);
    expect(usage?.outputImageTokens).toBe(1_756 + 300);
    expect(call.spools.map(({ released }) => released)).toEqual([true, true, true, false]);
    expect(upstream.calls.at(-1)?.fields).toMatchObject({ stream: 'true', partial_images: '3' });
  });

  test('Several streamed pictures are all collected and their usage is summed', async () => {
    const events: EditEvent[] = [];
    const { images, usage } = await edit(createEditCall({ events, parameters: { n: 3 } }));
    expect(images.length).toBe(3);
    expect(usage?.outputImageTokens).toBe(3 * 1_756);
  });

  test('A line of 12 MB passes, and an upstream that ignores `stream` still gives the event', async () => {
    upstream.script({ pictureBytes: 9_000_000 }, { ignoreStream: true });
    const events: EditEvent[] = [];
    const { images } = await edit(createEditCall({ events }));
    expect(images[0]?.content.bytes.size).toBeGreaterThan(12_000_000);
    await edit(createEditCall({ events }));
    expect(events.map(({ type }) => type)).toEqual(['completed', 'completed']);
  });

  test('Without a key nothing is tried, and the way on is named', async () => {
    const config = {
      openaiApiKey: undefined,
      openaiBaseUrl: upstream.url,
      openaiOrganization: undefined,
      openaiProject: undefined,
    };
    const provider = createOpenai({ config, transport: subject.transport });
    expect(provider.missing).toBe('set OPENAI_API_KEY');
    const before = upstream.calls.length;
    const error = await failureOf(provider.edit(createEditCall(), new AbortController().signal));
    expect(error.code).toBe('provider_not_configured');
    expect(error.message).toContain('OPENAI_API_KEY');
    expect(upstream.calls.length).toBe(before);
  });

  test('The bill has one line for each picture that was made, and none for what was refused', async () => {
    const before = upstream.bill.length;
    await edit(createEditCall({ parameters: { n: 2 } }));
    upstream.script('moderation', 'cut');
    await failureOf(edit(createEditCall()));
    await failureOf(edit(createEditCall()));
    expect(upstream.bill.length - before).toBe(3);
  });

  const offers = openaiModels
    .filter(({ id }) => id !== 'openai/gpt-image-1')
    .flatMap((model) =>
      Object.entries(model.parameters).flatMap(([name, rule]) => {
        const values = rule.kind === 'choice' || rule.kind === 'size' ? rule.values : [];
        return values.map((value) => ({ model, name, value }));
      }),
    );
  test('Every model takes every value that its data offers', async () => {
    for (const { model, name, value } of offers) {
      await edit(createEditCall({ model, parameters: { [name]: value } }));
      expect(upstream.calls.at(-1)?.refusal, `${model.id} ${name}=${value}`).toBeUndefined();
    }
  });
});

const fixtures = new URL('../../../../shared/data/vercel-ai-fixtures/', import.meta.url);

test.skipIf(!existsSync(fixtures))('Recorded answers of the vendor are read as they are', async () => {
  const recorded = await readFile(new URL('openai-image-edit.json', fixtures));
  const { fromAnswer } = await import('./answer.ts');
  const call = createCall({ model: openaiModels[0] as (typeof openaiModels)[0] });
  const outcome = await fromAnswer(
    (async function* () {
      yield recorded;
    })(),
    call,
    (text) => text,
  );
  expect(outcome.facts).toEqual({
    background: 'opaque',
    output_format: 'png',
    quality: 'high',
    size: '1024x1024',
  });
  expect(outcome.usage).toBeUndefined();
  expect(outcome.createdAt).toBe(1_770_935_251);
  const bytes = await readContent((outcome.images[0] as (typeof outcome.images)[0]).content);
  expect(createHash('sha256').update(bytes).digest('hex')).toHaveLength(64);
  expect(bytes.toString('latin1', 37, 41)).toBe('caBX');
});
