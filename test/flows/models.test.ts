import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postEdit, toEntries } from '../support/edit-post.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;
let folder: string;

const house = { id: 'openai/house', like: 'openai/gpt-image-2', upstreamId: 'gpt-image-2.6-flare' };
const models = [house, { id: 'openai/gpt-image-1', successor: 'openai/house' }];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retouch-models-'));
  const path = join(folder, 'models.json');
  await writeFile(path, JSON.stringify({ models }));
  started = await startVendorGateway({ RETOUCH_MODELS_FILE: path });
});
afterAll(async () => {
  await started.close();
  await rm(folder, { recursive: true });
});

async function edit(model: string) {
  const { gateway, vendor } = started;
  const answer = await postEdit(gateway, toEntries(['model', model]));
  await answer.arrayBuffer();
  const { headers, status } = answer;
  return {
    ...{ status, adapted: headers.get('retouch-adapted'), served: headers.get('retouch-model') },
    asked: vendor.calls.at(-1)?.fields.model,
  };
}

test('the list and each model say what there is to know before the first call', async () => {
  const { api } = started.gateway;
  const { object, data } = (await (await fetch(`${api}/models`)).json()) as {
    object: string;
    data: { id: string }[];
  };
  expect(object).toBe('list');
  expect(data.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['openai/gpt-image-2', 'local/retouch', 'openai/house']),
  );
  for (const id of ['openai/gpt-image-1', 'gpt-image-1', 'openai%2Fgpt-image-1']) {
    const model = await (await fetch(`${api}/models/${id}`)).json();
    expect(model).toEqual(data.find((one) => one.id === 'openai/gpt-image-1'));
    expect(model).toMatchObject({
      ...{ object: 'model', owned_by: 'openai', shutdown_date: '2026-10-23', successor: 'openai/house' },
      pricing: { prompt: '0.000005', image: '0.00001', image_output: '0.00004' },
      capabilities: { edit: true, mask: { kind: 'alpha', holds: 'hint' }, max_images: 16, stream: true },
      parameters: { n: { kind: 'integer', min: 1, max: 10 } },
    });
  }
  const missing = await fetch(`${api}/models/gpt-image-9`);
  expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
});

test("a model of the operator's own is asked for by the vendor's name for it", async () => {
  const plain = { status: 200, adapted: null, served: 'openai/house', asked: 'gpt-image-2.6-flare' };
  for (const model of ['openai/house', 'house']) expect(await edit(model)).toEqual(plain);
  expect(await edit('openai/gpt-image-1')).toEqual({ ...plain, adapted: 'model' });
});

test('a dated version goes to the vendor as that version', async () => {
  for (const model of ['gpt-image-2-2026-04-21', 'openai/gpt-image-2-2026-04-21']) {
    expect(await edit(model)).toMatchObject({ status: 200, adapted: null, asked: 'gpt-image-2-2026-04-21' });
  }
  expect(await edit('gpt-image-2')).toMatchObject({ asked: 'gpt-image-2' });
});
