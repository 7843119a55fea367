import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Warning } from '../../src/core/edit.ts';
import { toSha256 } from '../support/edit-call.ts';
import { type FormEntry, mask, picture, postEdit, toDataUrl, toEntries } from '../support/edit-post.ts';
import { readLedger } from '../support/ledger.ts';
import type { FaultName as GeminiFault } from '../support/scripted-gemini.ts';
import type { FaultName as OpenaiFault } from '../support/scripted-openai.ts';
import { createPng } from '../support/small-png.ts';
import { startVendors, type Vendors } from '../support/vendors.ts';

let vendors: Vendors;

beforeAll(async () => {
  vendors = await startVendors();
});
afterAll(() => vendors.close());
afterEach(() => vendors.gemini.unscript());

const banana = 'google/gemini-nano-banana-2.1';
const sunburst = 'openai/gpt-image-2';
const second = createPng({ width: 40, height: 30, colour: [1, 2, 3] });

interface Answer {
  data?: { b64_json: string }[];
  warnings?: readonly Warning[];
  error?: { code: string; param: string | null; message: string };
}

/** What happened to an edit whose first wish is OpenAI's model and whose second is Gemini's. */
async function edit(...entries: FormEntry[]) {
  const { gateway, openai, gemini } = vendors;
  const [openaiBefore, geminiBefore] = [openai.calls.length, gemini.calls.length];
  const given = entries.some(([name]) => name === 'models[]')
    ? entries
    : [...entries, ['models[]', banana] as const];
  const response = await postEdit(gateway, toEntries(...given));
  const body = (await response.json()) as Answer;
  return {
    status: response.status,
    code: body.error?.code,
    param: body.error?.param,
    message: body.error?.message,
    by: response.headers.get('retouch-model'),
    adapted: response.headers.get('retouch-adapted'),
    attempts: response.headers.get('retouch-attempts'),
    mayRepeat: response.headers.get('x-should-retry'),
    body,
    openaiCalls: openai.calls.slice(openaiBefore),
    geminiCalls: gemini.calls.slice(geminiBefore),
  };
}

describe('a fall-back', () => {
  test.each<[OpenaiFault, number]>([
    ['overloaded', 3],
    ['rate-limited', 1],
    ['out-of-quota', 1],
    ['unauthorized', 1],
  ])('after %s serves the edit as it came: every picture arrives', async (fault, asked) => {
    vendors.openai.script(...Array.from({ length: asked }, () => fault));
    const done = await edit(['image', picture], ['image', second]);
    expect([done.status, done.by, done.openaiCalls.length]).toEqual([200, banana, asked]);
    expect(done.attempts).toBe(String(asked + 1));
    expect(done.geminiCalls.map(({ contents }) => contents)).toEqual([
      [
        {
          role: 'user',
          parts: [
            { mimeType: 'image/png', sha256: toSha256(picture) },
            { mimeType: 'image/png', sha256: toSha256(second) },
            { text: 'make it blue' },
          ],
        },
      ],
    ]);
    expect(readLedger(vendors.gateway).at(-1)).toMatchObject({
      ...{ state: 'settled', status: 200, model_served: banana, provider: 'google', attempts: asked + 1 },
    });
  });

  test('serves when the first vendor cannot be reached', async () => {
    await vendors.openai.unplug();
    const done = await edit().finally(() => vendors.openai.plugIn());
    expect([done.status, done.by, done.openaiCalls.length, done.geminiCalls.length]).toEqual([
      200,
      banana,
      0,
      1,
    ]);
  });

  test('gets what it takes in its own words, and what was adapted is said of it alone', async () => {
    vendors.openai.script('rate-limited');
    const done = await edit(['size', '1536x1024'], ['quality', 'high'], ['output_format', 'webp']);
    expect([done.status, done.adapted]).toEqual([200, 'quality, size, output_format']);
    expect(done.geminiCalls[0]?.config.imageConfig).toMatchObject({ aspectRatio: '3:2' });
    const first = await edit(['size', '1536x1024'], ['quality', 'high'], ['output_format', 'webp']);
    expect([first.by, first.adapted]).toEqual([sunburst, null]);
  });

  test('serves a chat too, with the pictures of the conversation', async () => {
    vendors.openai.script('rate-limited');
    const image_url = { url: toDataUrl(picture) };
    const response = await fetch(`${vendors.gateway.api}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${vendors.gateway.liveKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: sunburst,
        models: [banana],
        messages: [
          { role: 'system', content: 'Paint in oil.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'make it blue' },
              { type: 'image_url', image_url },
            ],
          },
        ],
      }),
    });
    expect(await response.json()).toMatchObject({ model: banana });
    expect(response.headers.has('retouch-adapted')).toBe(false);
    expect(vendors.gemini.calls.at(-1)).toMatchObject({
      system: ['Paint in oil.'],
      contents: [{ parts: [{ text: 'make it blue' }, { sha256: toSha256(picture) }] }],
    });
  });

  test.each<[string, FormEntry[]]>([
    ['a transparent background', [['background', 'transparent']]],
    [
      'a size it cannot give',
      [
        ['size', '2048x2048'],
        ['models[]', 'google/gemini-3.1-flash-lite-image'],
      ],
    ],
    [
      'a mask and a shape apart',
      [
        ['mask', mask],
        ['size', '1024x1024'],
      ],
    ],
    [
      'nothing adapted',
      [
        ['quality', 'high'],
        ['provider[require_parameters]', 'true'],
      ],
    ],
    ['15 pictures', Array.from({ length: 15 }, () => ['image', picture] as const)],
  ])('is not taken where it cannot do the edit as asked: %s', async (_what, entries) => {
    vendors.openai.script('rate-limited');
    const done = await edit(...entries);
    expect([done.status, done.code, done.geminiCalls.length]).toEqual([429, 'rate_limit_exceeded', 0]);
    expect(done.openaiCalls).toHaveLength(1);
  });

  test.each<OpenaiFault>(['server-error', 'bad-gateway', 'reset-before-headers', 'cut', 'no-image'])(
    'is not taken after %s: the edit may have been done and billed',
    async (fault) => {
      const billBefore = vendors.openai.bill.length;
      vendors.openai.script(fault);
      const done = await edit();
      expect([done.openaiCalls.length, done.geminiCalls.length, done.mayRepeat]).toEqual([1, 0, 'false']);
      expect(done.status).toBeGreaterThanOrEqual(500);
      expect(vendors.openai.bill.length - billBefore).toBe(1);
      expect(readLedger(vendors.gateway).at(-1)).toMatchObject({ state: 'unknown', provider: 'openai' });
    },
  );

  test('is not taken after a refusal that is the caller’s own', async () => {
    vendors.openai.script('moderation');
    const done = await edit();
    expect([done.status, done.code, done.geminiCalls.length]).toEqual([400, 'moderation_blocked', 0]);
  });

  test.each<[OpenaiFault, GeminiFault, number, string]>([
    ['rate-limited', 'overloaded', 429, 'rate_limit_exceeded'],
    ['out-of-quota', 'rate-limited', 503, 'upstream_out_of_credit'],
    ['unauthorized', 'no-free-quota', 502, 'upstream_key_rejected'],
  ])('that fails too leaves the first failure to be told: %s, then %s', async (first, then, status, code) => {
    vendors.openai.script(first);
    vendors.gemini.script(then);
    const done = await edit();
    expect([done.status, done.code, done.geminiCalls.length > 0]).toEqual([status, code, true]);
    expect(readLedger(vendors.gateway).at(-1)).toMatchObject({ state: 'failed', error_code: code });
  });

  test('that may have done the edit is the last one asked', async () => {
    vendors.openai.script('rate-limited');
    vendors.gemini.script('reset-before-headers');
    const done = await edit(['models[]', banana], ['models[]', 'google/gemini-3-pro-image']);
    expect([done.status, done.code, done.geminiCalls.length]).toEqual([504, 'upstream_outcome_unknown', 1]);
    expect(done.mayRepeat).toBe('false');
  });

  test('is taken where the first vendor has no key here', async () => {
    const own = await startVendors({ OPENAI_API_KEY: '' });
    const response = await postEdit(own.gateway, toEntries(['models[]', banana]));
    expect([response.status, response.headers.get('retouch-model')]).toEqual([200, banana]);
    expect(own.gemini.calls).toHaveLength(1);
    await own.close();
  });
});

describe('provider wishes', () => {
  test.each<[string, FormEntry[], string]>([
    ['only one', [['provider[only][]', 'google']], banana],
    ['all but one', [['provider[ignore][]', 'openai']], banana],
    ['an order', [['provider[order][]', 'google']], banana],
    [
      'an order of both',
      [
        ['provider[order][]', 'openai'],
        ['provider[order][]', 'google'],
      ],
      sunburst,
    ],
    ['nothing', [], sunburst],
  ])('choose among the models: %s', async (_what, wishes, by) => {
    const done = await edit(...wishes);
    expect([done.status, done.by, done.attempts]).toEqual([200, by, '1']);
  });

  test('without fall-backs leave the first failure', async () => {
    vendors.openai.script('rate-limited');
    const done = await edit(['provider[allow_fallbacks]', 'false']);
    expect([done.status, done.code, done.geminiCalls.length]).toEqual([429, 'rate_limit_exceeded', 0]);
  });

  test('that leave nobody are refused', async () => {
    const done = await edit(['provider[only][]', 'nobody']);
    expect([done.status, done.code, done.param]).toEqual([400, 'invalid_value', 'provider']);
    expect(done.openaiCalls).toEqual([]);
  });

  test.each<[string, string | Buffer]>([
    ['size', '1536x1024'],
    ['quality', 'high'],
    ['output_format', 'webp'],
    ['background', 'opaque'],
    ['mask', mask],
    ['user', 'someone'],
  ])('require_parameters refuses what would be adapted: %s', async (param, value) => {
    const only: readonly FormEntry[] = [
      ['model', banana],
      ['provider[require_parameters]', 'true'],
    ];
    const done = await edit(...only, [param, value]);
    expect([done.status, done.code, done.param]).toEqual([400, 'unsupported_parameter', param]);
    expect(done.message).toContain('require_parameters');
    expect(done.geminiCalls).toEqual([]);
    expect((await edit(...only)).status).toBe(200);
  });
});
