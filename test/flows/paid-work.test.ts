import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { postEdit, toEntries } from '../support/edit-post.ts';
import { readLedger } from '../support/ledger.ts';
import type { Step } from '../support/scripted-gemini.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';
import { startVendors } from '../support/vendors.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeEach(async () => {
  started = await startVendorGateway({ RETOUCH_SPOOL_MEMORY_BYTES: '0' });
});
afterEach(() => started.close());

test('an answer that cannot be kept here is no invitation to pay for it again', async () => {
  const { gateway, vendor } = started;
  vendor.script({ delayMs: 1_000, pictureBytes: 500_000 });
  const answering = postEdit(gateway, toEntries());
  await expect.poll(() => vendor.calls.length).toBe(1);
  const spools = join(gateway.dataDirectory, 'spool');
  await rm(spools, { recursive: true });
  await writeFile(spools, 'no folder');
  const answer = await answering;
  expect(answer.status).toBe(500);
  expect(answer.headers.get('x-should-retry')).toBe('false');
  expect(await answer.json()).toMatchObject({ error: { code: 'result_lost' } });
  expect(vendor.bill.length).toBe(1);
  expect(readLedger(gateway)).toMatchObject([{ state: 'unknown', error_code: 'result_lost' }]);
});

test('a vendor that does not say what it used is not free', async () => {
  const { gateway, vendor } = started;
  vendor.script({ withoutUsage: true });
  const answer = await postEdit(gateway, toEntries());
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
  expect(Number(answer.headers.get('retouch-cost-usd'))).toBeGreaterThan(0);
});

test('a model that its vendor denies and nobody succeeds is asked for again the next time', async () => {
  const { gateway, vendor } = started;
  vendor.script('model-gone', 'ok');
  const refused = await postEdit(gateway, toEntries(['model', 'openai/gpt-image-2']));
  expect(await refused.json()).toMatchObject({ error: { code: 'upstream_model_gone', status: 404 } });
  const served = await postEdit(gateway, toEntries(['model', 'openai/gpt-image-2']));
  expect(served.status).toBe(200);
  await served.arrayBuffer();
});

test('a dated version that is gone is served by its model, which itself is not taken for gone', async () => {
  const { gateway, vendor } = started;
  vendor.script('model-gone');
  for (const version of ['-2025-12-16', '']) {
    const answer = await postEdit(gateway, toEntries(['model', `openai/gpt-image-1.5${version}`]));
    await answer.arrayBuffer();
    expect([answer.status, answer.headers.get('retouch-adapted')]).toEqual([200, version ? 'model' : null]);
  }
  const asked = vendor.calls.map(({ fields }) => fields.model);
  expect(asked).toEqual(['gpt-image-1.5-2025-12-16', 'gpt-image-1.5', 'gpt-image-1.5']);
});

describe('a refusal that the vendor counts', () => {
  const refusal = (finishReason: string): Step => ({
    contentType: 'application/json',
    body: JSON.stringify({
      candidates: [{ content: { role: 'model' }, finishReason }],
      usageMetadata: {
        ...{ promptTokenCount: 1_300, thoughtsTokenCount: 100, totalTokenCount: 1_400 },
        promptTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_120 }],
      },
    }),
  });
  const costOfOne = 1_300 * 1_500 + 100 * 7_500;

  test.each([
    ['1', 'IMAGE_SAFETY', 'moderation_blocked', 1],
    ['3', 'IMAGE_SAFETY', 'moderation_blocked', 3],
    ['2', 'NO_IMAGE', 'no_image_returned', 2],
  ])('is on record with its cost: %s answers that end with %s', async (n, reason, code, times) => {
    const { gateway, gemini, close } = await startVendors();
    gemini.script(...Array.from({ length: times }, () => refusal(reason)));
    const model = 'google/gemini-nano-banana-2.1';
    const answer = await postEdit(gateway, toEntries(['model', model], ['n', n]));
    expect(await answer.json()).toMatchObject({ error: { code } });
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(readLedger(gateway)).toMatchObject([
      { state: 'settled', error_code: code, images_out: 0, cost_nano_usd: times * costOfOne },
    ]);
    await close();
  });
});

describe('what Gemini has begun', () => {
  const model = ['model', 'google/gemini-nano-banana-2.1'] as const;
  let vendors: Awaited<ReturnType<typeof startVendors>>;
  beforeEach(async () => {
    vendors = await startVendors();
  });
  afterEach(() => vendors.close());

  test('is not asked for again, if only thoughts had come before the error', async () => {
    const { gateway, gemini } = vendors;
    const usageMetadata = { promptTokenCount: 300, thoughtsTokenCount: 900, totalTokenCount: 1_200 };
    const thought = { candidates: [{ content: { parts: [{ text: 'Hm.', thought: true }] } }], usageMetadata };
    const status = 'RESOURCE_EXHAUSTED';
    const error = { code: 429, status, message: 'Exhausted.', details: [{ retryDelay: '0.1s' }] };
    const body = [thought, { error }].map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');
    gemini.script(...Array.from({ length: 3 }, (): Step => ({ contentType: 'text/event-stream', body })));
    const answer = await postEdit(gateway, toEntries(model, ['stream', 'true']));
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([504, 'false']);
    expect(await answer.json()).toMatchObject({ error: { code: 'upstream_outcome_unknown' } });
    expect(gemini.calls.length).toBe(1);
    const cost_nano_usd = 300 * 1_500 + 900 * 7_500;
    expect(readLedger(gateway)).toMatchObject([{ state: 'unknown', attempts: 1, cost_nano_usd }]);
  });

  const noImage = (usageMetadata?: object): Step => ({
    contentType: 'application/json',
    body: JSON.stringify({ candidates: [{ finishReason: 'NO_IMAGE' }], usageMetadata }),
  });
  const told = { promptTokenCount: 1_300, thoughtsTokenCount: 100, totalTokenCount: 1_400 };

  test.each<[string, readonly Step[], number, number]>([
    ['one lost after one without a picture', [noImage(told), 'reset-before-headers'], 504, 2_700_000],
    ['one without a picture after one lost', ['reset-before-headers', noImage(told)], 504, 2_700_000],
    ['one that told its usage after one that did not', [noImage(), noImage(told)], 502, 2_700_000],
  ])('and brought no picture stays open: %s', async (_what, steps, status, cost) => {
    const { gateway, gemini } = vendors;
    gemini.script(...steps);
    const answer = await postEdit(gateway, toEntries(model, ['n', '2']));
    await answer.arrayBuffer();
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([status, 'false']);
    expect(readLedger(gateway)).toMatchObject([{ state: 'unknown', cost_nano_usd: cost }]);
  });

  test('and told only by what failed stays open', async () => {
    const { gateway, gemini } = vendors;
    gemini.script({ withoutUsage: true }, noImage(told));
    const answer = await postEdit(gateway, toEntries(model, ['n', '2']));
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    expect(readLedger(gateway)).toMatchObject([{ state: 'unknown', images_out: 1 }]);
  });

  test('and was lost stays open in the ledger, also where other answers came', async () => {
    const { gateway, gemini } = vendors;
    gemini.script('ok', 'reset-before-headers');
    const answer = await postEdit(gateway, toEntries(model, ['n', '2']));
    expect([answer.status, answer.headers.get('retouch-adapted')]).toEqual([200, 'n']);
    await answer.arrayBuffer();
    expect(gemini.bill.length).toBe(2);
    const [record] = readLedger(gateway);
    expect(record).toMatchObject({ state: 'unknown', status: 200, images_out: 1 });
    expect(record?.cost_nano_usd).toBeGreaterThan(0);
  });
});

test('a picture of which nobody tells what it cost stays open in the ledger', async () => {
  const { gateway, vendor } = started;
  const gif = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
  vendor.script({ body: JSON.stringify({ created: 1, data: [{ b64_json: gif }] }) });
  const answer = await postEdit(gateway, toEntries());
  expect(await answer.json()).toMatchObject({ data: [{ b64_json: gif }] });
  expect(readLedger(gateway)).toMatchObject([{ state: 'unknown', status: 200, images_out: 1 }]);
});
