import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readContent } from '../support/edit-call.ts';
import { encodeForm, openSocket, picture, postEdit, toEditHead, toEntries } from '../support/edit-post.ts';
import { readLedger } from '../support/ledger.ts';
import { createMask } from '../support/pixels.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeEach(async () => {
  // Nothing may stay in memory, so that everything shows on the disk.
  started = await startVendorGateway({
    ...{ RETOUCH_SPOOL_MEMORY_BYTES: '0', RETOUCH_DRAIN_MS: '60000' },
    // Nobody is there: what is left in time never gets that far.
    ...{ GEMINI_API_KEY: 'AIza-test', GEMINI_BASE_URL: 'http://127.0.0.1:9' },
  });
});

/** Whatever happened: nothing is left on the disk, and nothing is open that stopping would have to wait for. */
afterEach(async () => {
  await expect.poll(() => started.gateway.spooledFiles(), { timeout: 10_000 }).toEqual([]);
  const startedMs = performance.now();
  await started.close();
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(started.gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
});

const large = createPng({ width: 64, height: 48, provenanceBytes: 2_000_000 });

/** Starts an edit, leaves when `moment` has come. */
async function leave(moment: () => Promise<void>, ...wishes: Parameters<typeof toEntries>): Promise<void> {
  const controller = new AbortController();
  const response = postEdit(started.gateway, toEntries(...wishes), { signal: controller.signal });
  const ended = response.then((answer) => answer.text()).catch((error: Error) => error.name);
  await moment();
  controller.abort();
  await ended;
}

async function sendHead(type: string, length: number) {
  const { gateway } = started;
  const socket = await openSocket(gateway);
  socket.write(toEditHead(gateway, type, length));
  return socket;
}

const oneRow = async (fields: object): Promise<void> => {
  await expect.poll(() => readLedger(started.gateway), { timeout: 10_000 }).toMatchObject([fields]);
};

test('who leaves in the middle of the upload leaves nothing behind, and nothing is sent', async () => {
  const { type, body } = await encodeForm(toEntries(['image', large]));
  const socket = await sendHead(type, body.length);
  socket.write(body.subarray(0, 1_000_000));
  await expect.poll(() => started.gateway.spooledFiles()).not.toEqual([]);
  socket.destroy();
  await expect.poll(() => started.gateway.spooledFiles(), { timeout: 10_000 }).toEqual([]);
  expect(started.vendor.calls).toEqual([]);
  expect(readLedger(started.gateway)).toEqual([]);
});

test('who leaves while the vendor works has paid: the cost is recorded', async () => {
  started.vendor.script({ delayMs: 800 });
  await leave(() => expect.poll(() => started.vendor.calls.length).toBe(1), ['n', '2']);
  await oneRow({ state: 'settled', images_out: 2, provider: 'openai' });
  const [row] = readLedger(started.gateway);
  expect(row?.cost_nano_usd).toBeGreaterThan(0);
  expect(started.vendor.bill.length).toBe(2);
});

test('who leaves a stream after its first picture has paid: the cost is recorded', async () => {
  started.vendor.script({ eventDelayMs: 500 });
  const controller = new AbortController();
  const response = await postEdit(started.gateway, toEntries(['stream', 'true'], ['partial_images', '2']), {
    signal: controller.signal,
  });
  await response.body?.getReader().read();
  controller.abort();
  await oneRow({ state: 'settled', images_out: 1 });
  expect(readLedger(started.gateway)[0]?.cost_nano_usd).toBeGreaterThan(0);
});

test('who leaves in the middle of the answer costs no more than the answer', async () => {
  started.vendor.script({ pictureBytes: 20_000_000 });
  const { type, body } = await encodeForm(toEntries());
  const socket = await sendHead(type, body.length);
  socket.write(body);
  await once(socket, 'data');
  socket.pause();
  await delay(200);
  socket.destroy();
  await oneRow({ state: 'settled', images_out: 1 });
});

test('who leaves while the vendor has no capacity pays nothing: no other attempt is made', async () => {
  started.vendor.script('overloaded');
  await leave(() => expect.poll(() => started.vendor.calls.length).toBe(1));
  await oneRow({ state: 'failed', error_code: 'upstream_overloaded', cost_nano_usd: 0 });
  await delay(1_500);
  expect(started.vendor.calls.length).toBe(1);
  expect(started.vendor.bill).toEqual([]);
});

test('who leaves the embedded editor stops it', async () => {
  const heavy = createPng({ width: 4_000, height: 3_000 });
  await leave(
    () => delay(300),
    ['model', 'local/retouch'],
    ['prompt', 'blur by 100 %, then sharpen'],
    ['image', heavy],
  );
  await oneRow({ state: 'failed', cost_nano_usd: 0 });
});

test('who leaves while a picture is prepared for the model has paid nothing, and nothing went wrong here', async () => {
  const { content } = await createMask(4_000, 3_000, { left: 100, top: 50, width: 120, height: 90 });
  await leave(
    () => delay(300),
    ['model', 'google/gemini-nano-banana-2.1'],
    ['image', createPng({ width: 4_000, height: 3_000 })],
    ['mask', await readContent(content)],
  );
  await oneRow({ state: 'failed', error_code: 'upstream_unreachable', cost_nano_usd: 0 });
});

test('a hundred who leave at any moment leave nothing behind, and no picture is paid for twice', async () => {
  const { type, body } = await encodeForm(
    toEntries(['image', createPng({ width: 64, height: 48, provenanceBytes: 100_000 })]),
  );
  const { vendor, gateway } = started;
  vendor.script(...Array.from({ length: 100 }, (_, index) => ({ delayMs: index % 7 })));
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const socket = await sendHead(type, body.length);
        socket.on('data', () => undefined);
        const moment = round * 10 + index;
        socket.write(body.subarray(0, moment < 50 ? Math.floor((body.length * moment) / 50) : body.length));
        await delay(moment < 50 ? moment % 5 : moment - 50);
        socket.destroy();
      }),
    );
  }
  await expect.poll(() => gateway.spooledFiles(), { timeout: 10_000 }).toEqual([]);
  await expect
    .poll(() => readLedger(gateway).filter(({ state }) => state === 'dispatched'), { timeout: 10_000 })
    .toEqual([]);
  const settled = readLedger(gateway).filter(({ cost_nano_usd: cost }) => cost > 0);
  expect(settled.length).toBe(vendor.bill.length);
  expect((await postEdit(gateway, toEntries(['image', picture]))).status).toBe(200);
});
