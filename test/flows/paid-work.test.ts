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
