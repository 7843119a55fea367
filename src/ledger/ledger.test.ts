import { expect, test } from 'vitest';
import { countCommits, openTestStore } from '../../test/support/database.ts';
import { createAccess } from '../access/index.ts';
import { openStore } from '../store/index.ts';
import { createLedger, type Ending, type Entry, type Failure } from './ledger.ts';

async function openLedger() {
  const { store, path } = await openTestStore();
  const time = { now: 1_000 };
  const clock = () => time.now;
  const { record: key } = await createAccess({ store, clock }).keys.create({ name: 'shop', mode: 'live' });
  const ledger = createLedger({ store, clock });
  const entry: Entry = {
    id: 'req_1',
    keyId: key.id,
    endpoint: 'images/edits',
    mode: 'live',
    modelAsked: 'openai/gpt-image-1',
    n: 2,
    imagesIn: 3,
    bytesIn: 1_048_576,
    tags: ['spring', '名前'],
  };
  return { store, path, time, ledger, entry, find: () => store.requests.find(entry.id) };
}

const destination = { modelServed: 'openai/gpt-image-2', provider: 'openai' };

const done: Ending = {
  ...destination,
  status: 200,
  attempts: 1,
  imagesOut: 2,
  usage: { inputTextTokens: 11, inputImageTokens: 323, cachedTextTokens: 4, outputImageTokens: 7_024 },
  costNanoUsd: 213_359_000,
  upstreamRequestId: 'req_abc',
};

const refused: Failure = { state: 'refused', status: 400, errorCode: 'invalid_value' };

test('a request that went well is kept with what it used and cost', async () => {
  const { time, ledger, entry, find } = await openLedger();
  await ledger.open(entry);
  time.now += 40;
  await ledger.dispatched(entry.id, destination);
  time.now += 12_000;
  await ledger.settle(entry.id, done);
  expect(await find()).toEqual({
    ...entry,
    ...destination,
    state: 'settled',
    createdAt: 1_000,
    durationMs: 12_040,
    status: 200,
    errorCode: null,
    imagesOut: 2,
    inputTextTokens: 11,
    inputImageTokens: 323,
    cachedTextTokens: 4,
    cachedImageTokens: null,
    outputImageTokens: 7_024,
    outputTextTokens: null,
    costNanoUsd: 213_359_000,
    attempts: 1,
    upstreamRequestId: 'req_abc',
  });
});

test('a paid request waits for the disk twice, a refused one once', async () => {
  const { path, ledger, entry } = await openLedger();
  const start = await countCommits(path);
  await ledger.open(entry);
  expect(await countCommits(path)).toBe(start);
  await ledger.dispatched(entry.id, destination);
  expect(await countCommits(path)).toBe(start + 1);
  await ledger.settle(entry.id, done);
  expect(await countCommits(path)).toBe(start + 2);

  await ledger.open({ ...entry, id: 'req_2' });
  await ledger.fail('req_2', refused);
  expect(await countCommits(path)).toBe(start + 3);
});

test('a dispatched request is on the disk before the call goes out', async () => {
  const { path, ledger, entry } = await openLedger();
  await ledger.open(entry);
  await ledger.dispatched(entry.id, destination);
  const onDisk = await openStore({ path });
  expect(await onDisk.requests.find(entry.id)).toMatchObject({
    ...destination,
    state: 'dispatched',
    status: null,
  });
  await onDisk.close();
});

test('a fail-over to another vendor is recorded, the same vendor again costs no write', async () => {
  const { path, ledger, entry, find } = await openLedger();
  await ledger.open(entry);
  await ledger.dispatched(entry.id, destination);
  const start = await countCommits(path);
  await ledger.dispatched(entry.id, destination);
  expect(await countCommits(path)).toBe(start);
  const other = { modelServed: 'google/gemini-3-pro-image', provider: 'google' };
  await ledger.dispatched(entry.id, other);
  expect(await find()).toMatchObject({ ...other, state: 'dispatched' });
});

test('what has ended stays as it ended', async () => {
  const { ledger, entry, find } = await openLedger();
  await ledger.open(entry);
  await ledger.dispatched(entry.id, destination);
  await Promise.all([ledger.settle(entry.id, done), ledger.settle(entry.id, { ...done, costNanoUsd: 1 })]);
  await ledger.settle(entry.id, { ...done, costNanoUsd: 2 });
  await ledger.fail(entry.id, refused);
  expect(await find()).toMatchObject({ state: 'settled', status: 200, costNanoUsd: 213_359_000 });
});

test('a request id that has ended cannot be dispatched anew, so no call goes out unrecorded', async () => {
  const { ledger, entry, find } = await openLedger();
  await ledger.open(entry);
  await ledger.settle(entry.id, done);
  await ledger.open(entry);
  await expect(ledger.dispatched(entry.id, destination)).rejects.toThrow('has ended before');
  await expect(ledger.dispatched('req_unknown')).rejects.toThrow('is not open');
  expect(await find()).toMatchObject({ state: 'settled' });
});

test.each<Failure>([
  refused,
  { ...destination, state: 'failed', status: 502, errorCode: 'upstream_unreachable', attempts: 2 },
  { ...destination, state: 'unknown', status: 504, errorCode: 'upstream_outcome_unknown', attempts: 1 },
  { ...destination, state: 'failed', status: 502, errorCode: 'upstream_invalid_response', costNanoUsd: 5 },
])('a request that did not go well is kept as $state with $errorCode', async (failure) => {
  const { ledger, entry, find } = await openLedger();
  await ledger.open(entry);
  if (failure.state !== 'refused') await ledger.dispatched(entry.id, destination);
  await ledger.fail(entry.id, failure);
  expect(await find()).toMatchObject({ costNanoUsd: 0, ...failure });
});

test('a model name of any length is kept short', async () => {
  const { ledger, entry, find } = await openLedger();
  await ledger.open({ ...entry, modelAsked: 'x'.repeat(30_000) });
  await ledger.fail(entry.id, refused);
  expect((await find())?.modelAsked).toBe('x'.repeat(200));
});

test('after a crash, what was at a vendor is unknown, and what had ended is not touched', async () => {
  const { store, ledger, entry, find } = await openLedger();
  await ledger.open(entry);
  await ledger.dispatched(entry.id, destination);
  await ledger.open({ ...entry, id: 'req_2' });
  await ledger.settle('req_2', done);
  await ledger.open({ ...entry, id: 'req_3' });

  const restarted = createLedger({ store, clock: Date.now });
  expect(await restarted.recover()).toBe(1);
  expect(await restarted.recover()).toBe(0);
  expect(await find()).toMatchObject({
    ...destination,
    state: 'unknown',
    errorCode: 'upstream_outcome_unknown',
  });
  expect(await store.requests.find('req_2')).toMatchObject({ state: 'settled', errorCode: null });
  expect(await store.requests.find('req_3')).toBeUndefined();
});

test('when nothing can be written, nothing may be dispatched, and nothing piles up', async () => {
  const { store, ledger, entry } = await openLedger();
  await ledger.open(entry);
  await store.close();
  const unavailable = { code: 'storage_unavailable' };
  await expect(ledger.dispatched(entry.id, destination)).rejects.toMatchObject(unavailable);
  await expect(ledger.fail(entry.id, refused)).rejects.toMatchObject(unavailable);
  await ledger.fail(entry.id, refused);
});
