import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Warning } from '../../src/core/edit.ts';
import { type FormEntry, postEdit, toEntries } from '../support/edit-post.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeAll(async () => {
  started = await startVendorGateway();
});
afterAll(() => started.close());

const sent = (model: string) => ({ model: model.slice(model.indexOf('/') + 1), prompt: 'make it blue' });
const current = 'openai/gpt-image-2';
const older = 'openai/gpt-image-1.5';
const mini = 'openai/gpt-image-1-mini';
const newer = 'openai/gpt-image-2.5-flare';

interface EditAnswer {
  warnings?: readonly Warning[];
  error?: { code: string; param: string; message: string };
}

async function edit(model: string, ...entries: FormEntry[]) {
  const callsBefore = started.vendor.calls.length;
  const response = await postEdit(started.gateway, toEntries(['model', model], ...entries));
  const body = (await response.json()) as EditAnswer;
  const [call] = started.vendor.calls.slice(callsBefore);
  return { response, body, fields: call?.fields };
}

test.each<[string, string, string]>([
  [current, 'n', '10'],
  [current, 'size', 'auto'],
  [current, 'size', '1536x1024'],
  [current, 'size', '2048x1152'],
  [current, 'size', '3840x2160'],
  [older, 'size', '1024x1536'],
  [current, 'quality', 'high'],
  [newer, 'quality', 'max'],
  [current, 'background', 'transparent'],
  [current, 'output_format', 'webp'],
  [current, 'moderation', 'low'],
  [current, 'user', 'someone'],
  [current, 'safety_identifier', 'someone'],
  [older, 'input_fidelity', 'high'],
  [mini, 'input_fidelity', 'low'],
])('%s is given %s=%s as it is', async (model, name, value) => {
  const { response, body, fields } = await edit(model, [name, value]);
  expect([response.status, body.warnings, response.headers.get('retouch-adapted')]).toEqual([
    200,
    undefined,
    null,
  ]);
  expect(fields).toEqual({ ...sent(model), [name]: value });
});

test.each<[string, string, string, Record<string, string>, RegExp]>([
  [current, 'input_fidelity', 'high', {}, /input_fidelity=high was left out: this model always follows/],
  [current, 'quality', 'standard', { quality: 'auto' }, /quality=standard became "auto"/],
  [current, 'output_compression', '80', {}, /PNG is always lossless/],
  [current, 'partial_images', '2', {}, /only with stream=true/],
])('%s is given something else for %s=%s, and that is said', async (model, name, value, instead, message) => {
  const { response, body, fields } = await edit(model, [name, value]);
  expect(response.status).toBe(200);
  expect(response.headers.get('retouch-adapted')).toBe(name);
  expect(body.warnings).toEqual([{ param: name, message: expect.stringMatching(message) }]);
  expect(fields).toEqual({ ...sent(model), ...instead });
});

test.each<[string, string, string]>([
  [current, 'n', '0'],
  [current, 'n', '11'],
  [current, 'n', '1.5'],
  [older, 'size', '2048x1152'],
  [current, 'size', '2048x1150'],
  [current, 'size', '4096x1024'],
  [current, 'size', '256x256'],
  [current, 'size', '3840x1024'],
  [current, 'size', 'huge'],
  [current, 'quality', 'max'],
  [current, 'quality', 'hd'],
  [current, 'background', 'blue'],
  [current, 'output_format', 'gif'],
  [current, 'output_compression', '101'],
  [mini, 'input_fidelity', 'high'],
  [current, 'moderation', 'none'],
  [current, 'partial_images', '4'],
  [current, 'response_format', 'hex'],
])('%s refuses %s=%s before anything is sent, naming both and what would do', async (model, name, value) => {
  const streams: readonly FormEntry[] = name === 'partial_images' ? [['stream', 'true']] : [];
  const formats: readonly FormEntry[] = name === 'output_compression' ? [['output_format', 'webp']] : [];
  const { response, body, fields } = await edit(model, [name, value], ...streams, ...formats);
  expect([response.status, body.error?.code, body.error?.param]).toEqual([400, 'invalid_value', name]);
  expect(body.error?.message).toMatch(new RegExp(`^'${name}' is .*${value}.*; expected `));
  expect(fields).toBeUndefined();
});

test('parameters that contradict each other are refused', async () => {
  const { body, fields } = await edit(current, ['background', 'transparent'], ['output_format', 'jpeg']);
  expect(body.error).toMatchObject({ code: 'invalid_value', param: 'background' });
  expect(fields).toBeUndefined();
});

test('who asks for require_parameters gets a refusal instead of an adaptation', async () => {
  const strict: FormEntry = ['provider[require_parameters]', 'true'];
  const { body, fields } = await edit(current, ['input_fidelity', 'high'], strict);
  expect(body.error).toMatchObject({ code: 'unsupported_parameter', param: 'input_fidelity' });
  expect(fields).toBeUndefined();
  expect((await edit(current, ['quality', 'high'], strict)).response.status).toBe(200);
});

test('a prompt may have 32,000 characters, emojis counted as one each', async () => {
  const prompt = '🎨'.repeat(32_000);
  expect((await edit(current, ['prompt', prompt])).fields?.prompt).toBe(prompt);
  const { body, fields } = await edit(current, ['prompt', `${prompt}!`]);
  expect(body.error).toMatchObject({ code: 'string_above_max_length', param: 'prompt' });
  expect(body.error?.message).toContain('32001');
  expect(fields).toBeUndefined();
});

test('the answer has the vendor’s shape, its usage, and what it cost', async () => {
  const { response, body } = await edit(current, ['quality', 'high'], ['n', '2']);
  const { data, ...rest } = body as { data: { b64_json: string }[] };
  expect(data.map((image) => Object.keys(image))).toEqual([['b64_json'], ['b64_json']]);
  // 3 words' tokens in text at 5, 323 in pictures at 8, 2 x 7,024 out at 30 dollars a million.
  expect(rest).toEqual({
    created: 1_795_000_000,
    background: 'opaque',
    output_format: 'png',
    quality: 'high',
    size: '1024x1024',
    usage: {
      input_tokens: 326,
      input_tokens_details: { text_tokens: 3, image_tokens: 323 },
      output_tokens: 14_048,
      output_tokens_details: { image_tokens: 14_048, text_tokens: 0 },
      total_tokens: 14_374,
      cost: 0.424039,
    },
  });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'content-length': expect.stringMatching(/^\d+$/),
    'retouch-cost-usd': '0.424039',
    'retouch-attempts': '1',
  });
  expect(response.headers.has('deprecation')).toBe(false);
});

test('a revised prompt comes along; usage the vendor leaves out is foreseen by its formula', async () => {
  started.vendor.script({ revisedPrompt: 'Make it "blue", please.', withoutUsage: true, escaped: true });
  const { body } = await edit(current, ['quality', 'low'], ['size', '1024x1024']);
  expect(body).toMatchObject({ data: [{ revised_prompt: 'Make it "blue", please.' }] });
  expect(body).toMatchObject({ usage: { output_tokens: 196 } });
});

test('retired models are refused where the operator says so, and their successor is named', async () => {
  const strict = await startVendorGateway({ RETOUCH_RETIRED_MODELS: 'refuse' });
  const response = await postEdit(strict.gateway, toEntries(['model', 'openai/gpt-image-1']));
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    error: {
      code: 'model_not_found',
      param: 'model',
      message: expect.stringMatching(/shut down.*2026-10-23.*gpt-image-2\.5-sunburst/),
    },
  });
  expect(strict.vendor.calls).toEqual([]);
  await strict.close();
});

test('a model that its vendor says is gone is served by its successor, and is not asked again', async () => {
  const { gateway, vendor, close } = await startVendorGateway();
  vendor.script('model-gone');
  for (const attempts of ['2', '1']) {
    const response = await postEdit(gateway, toEntries(['model', older]));
    expect(response.status).toBe(200);
    expect(response.headers.get('retouch-model')).toBe('openai/gpt-image-2.5-sunburst');
    expect(response.headers.get('retouch-attempts')).toBe(attempts);
    expect(response.headers.get('retouch-adapted')).toBe('model');
  }
  expect(vendor.calls.map(({ fields }) => fields.model)).toEqual([
    'gpt-image-1.5',
    'gpt-image-2.5-sunburst',
    'gpt-image-2.5-sunburst',
  ]);
  // Nobody takes over from this one: the vendor is asked once, not for ever.
  vendor.script('model-gone', 'model-gone', 'model-gone');
  const refused = await postEdit(gateway, toEntries(['model', current]));
  expect([refused.status, await refused.json()]).toMatchObject([
    404,
    { error: { code: 'upstream_model_gone' } },
  ]);
  expect(vendor.calls.length).toBe(4);
  await close();
});

test('a mask’s mode without a mask is refused, not forgotten', async () => {
  const { response, body, fields } = await edit(current, ['mask_mode', 'strict']);
  expect([response.status, body.error?.code, body.error?.param]).toEqual([
    400,
    'missing_required_parameter',
    'mask',
  ]);
  expect(body.error?.message).toContain("'mask_mode' says how it is to be held");
  expect(fields).toBeUndefined();
});
