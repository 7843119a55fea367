import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { postEdit, toEntries } from '../support/edit-post.ts';
import { readLedger } from '../support/ledger.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

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
