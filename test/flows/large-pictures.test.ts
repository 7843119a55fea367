import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { postEdit, toDataUrl, toEntries } from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendors, type Vendors } from '../support/vendors.ts';

const model = 'google/gemini-nano-banana-2.1';
/** 4 MiB, 2 of them for texts. */
const limit = 4 * 2 ** 20;
const picture = createPng({ width: 900, height: 600, provenanceBytes: 2_500_000 });

let folder: string;
const opened: Vendors[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retouch-models-'));
  await writeFile(
    join(folder, 'models.json'),
    JSON.stringify({ models: [{ id: model, maxInlineBytes: limit }] }),
  );
});
afterAll(async () => {
  await Promise.all(opened.map((vendors) => vendors.close()));
  await rm(folder, { recursive: true });
});

async function start(environment: Record<string, string> = {}): Promise<Vendors> {
  const vendors = await startVendors({ RETOUCH_MODELS_FILE: join(folder, 'models.json'), ...environment });
  opened.push(vendors);
  return vendors;
}

test('pictures that are more than the model takes are refused before anything is sent, for test keys too', async () => {
  const { gateway, gemini } = await start();
  for (const key of [gateway.liveKey, gateway.testKey]) {
    const response = await postEdit(gateway, toEntries(['model', model], ['image', picture]), { key });
    expect([response.status, await response.json()]).toMatchObject([
      413,
      {
        error: { code: 'request_too_large', param: 'image', message: expect.stringContaining(String(limit)) },
      },
    ]);
  }
  expect(gemini.calls).toEqual([]);
});

test('they are made smaller with notice where the operator allows it, by either endpoint', async () => {
  const { gateway, gemini } = await start({ RETOUCH_LARGE_PICTURES: 'fit' });
  const edited = await postEdit(gateway, toEntries(['model', model], ['image', picture]));
  expect([edited.status, edited.headers.get('retouch-adapted')]).toEqual([200, 'image']);
  expect(await edited.json()).toMatchObject({
    warnings: [{ param: 'image', message: expect.stringContaining('made smaller') }],
  });
  const content = [
    { type: 'text', text: 'make it blue' },
    { type: 'image_url', image_url: { url: toDataUrl(picture) } },
  ];
  const chat = await fetch(`${gateway.api}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.liveKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  expect([chat.status, chat.headers.get('retouch-adapted')]).toEqual([200, 'image']);
  for (const { contents, refusal } of gemini.calls) {
    const sent = contents.flatMap(({ parts }) => parts.flatMap(({ sha256 }) => sha256 ?? []));
    expect([refusal, sent.length, sent.includes(toSha256(picture))]).toEqual([undefined, 1, false]);
  }
  expect(gemini.calls).toHaveLength(2);
});
