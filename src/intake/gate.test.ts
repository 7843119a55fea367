import { PassThrough, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RetouchError } from '../core/errors.ts';
import { drain } from './drain.ts';
import { receive } from './gate.ts';

const noLimits = { maxBytes: 1e9, minBytesPerSecond: 0, patienceMs: 20_000 };

function upload(stream: Readable, signal = new AbortController().signal) {
  return { stream, signal };
}

/** Sends `bytes` every `everyMs` until nobody wants more. */
function trickle(bytes: number, everyMs: number, times = Number.POSITIVE_INFINITY): Readable {
  return Readable.from(
    (async function* () {
      for (let sent = 0; sent < times; sent += 1) {
        await delay(everyMs);
        yield Buffer.alloc(bytes);
      }
    })(),
    { objectMode: false },
  );
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code ?? error,
  );

test('hands on every byte, in order', async () => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index));
  const pieces = Array.from({ length: 100 }, (_, index) => bytes.subarray(index * 1000, (index + 1) * 1000));
  const received: Uint8Array[] = [];
  await receive(upload(Readable.from(pieces, { objectMode: false })), noLimits, async (piece) => {
    received.push(Buffer.from(piece));
  });
  expect(bytes.equals(Buffer.concat(received))).toBe(true);
});

test('joins small pieces that wait already', async () => {
  const stream = new PassThrough();
  for (let index = 0; index < 1000; index += 1) stream.write(Buffer.alloc(10));
  stream.end();
  const lengths: number[] = [];
  await receive(upload(stream), noLimits, async (piece) => void lengths.push(piece.length));
  expect(lengths.reduce((sum, length) => sum + length)).toBe(10_000);
  expect(lengths.length).toBeLessThan(10);
});

test('does not read on while a piece is being stored', async () => {
  let produced = 0;
  const stream = new Readable({
    read() {
      produced += 16_384;
      this.push(produced > 10_000_000 ? null : Buffer.alloc(16_384));
    },
  });
  const stored = Promise.withResolvers<void>();
  const work = receive(upload(stream), noLimits, () => stored.promise);
  await delay(50);
  expect(produced).toBeLessThan(300_000);
  stored.resolve();
  await work;
  expect(produced).toBeGreaterThan(10_000_000);
});

describe('the rate floor (20 s and 16 KB/s, all twenty times as fast)', () => {
  const limits = { maxBytes: 1e9, minBytesPerSecond: 20 * 16_384, patienceMs: 20_000 / 20 };
  const take = async (): Promise<void> => {};

  test.concurrent('1 KB/s is given up within 30 s', async () => {
    const started = performance.now();
    const code = await codeOf(receive(upload(trickle(1024, 1000 / 20)), limits, take));
    expect(code).toBe('upload_too_slow');
    expect(performance.now() - started).toBeLessThan(30_000 / 20);
  });

  test.concurrent('a caller that stops sending is given up', async () => {
    const stream = new PassThrough();
    stream.write(Buffer.alloc(10_000));
    expect(await codeOf(receive(upload(stream), limits, take))).toBe('upload_too_slow');
  });

  test.concurrent('10 Mbit/s may take as long as it needs', async () => {
    // Twice as long as the patience.
    expect(await codeOf(receive(upload(trickle(1_250_000, 1000 / 20, 40)), limits, take))).toBe('done');
  });

  test.concurrent('waiting for our own disk is not held against the caller', async () => {
    const work = receive(upload(Readable.from([Buffer.alloc(10), Buffer.alloc(10)])), limits, () =>
      delay(1200),
    );
    expect(await codeOf(work)).toBe('done');
  });

  test.concurrent('a floor of 0 allows any rate', async () => {
    const work = receive(upload(trickle(1, 400, 3)), { ...limits, minBytesPerSecond: 0 }, take);
    expect(await codeOf(work)).toBe('done');
  });
});

test('more bytes than the limit are refused as soon as they come', async () => {
  let taken = 0;
  const work = receive(upload(trickle(1000, 0)), { ...noLimits, maxBytes: 4500 }, async (piece) => {
    taken += piece.length;
  });
  expect(await codeOf(work)).toBe('request_too_large');
  expect(taken).toBeLessThanOrEqual(4500);
});

test.each([
  ['fails', (stream: PassThrough) => void stream.destroy(new Error('ECONNRESET'))],
  ['is closed', (stream: PassThrough) => void stream.destroy()],
])('a connection that %s before the end is an incomplete upload', async (_, end) => {
  const stream = new PassThrough();
  stream.write('a');
  setTimeout(end, 20, stream);
  expect(await codeOf(receive(upload(stream), noLimits, async () => {}))).toBe('upload_incomplete');
  expect(await codeOf(receive(upload(stream), noLimits, async () => {}))).toBe('upload_incomplete');
});

test('an abort ends the wait at once, with its own reason if that is meant for callers', async () => {
  const stopping = new RetouchError('server_stopping', 'shutting down');
  for (const [reason, code] of [
    [stopping, 'server_stopping'],
    [new Error('gone'), 'upload_incomplete'],
  ] as const) {
    const abort = new AbortController();
    const stream = new PassThrough();
    setTimeout(() => abort.abort(reason), 20);
    expect(await codeOf(receive(upload(stream, abort.signal), noLimits, async () => {}))).toBe(code);
    expect(await codeOf(receive(upload(stream, abort.signal), noLimits, async () => {}))).toBe(code);
  }
});

test('a fault while storing is passed on, and a stream that fails later does no harm', async () => {
  const stream = new PassThrough();
  stream.write('a');
  const work = receive(upload(stream), noLimits, () => Promise.reject(new Error('disk')));
  await expect(work).rejects.toThrow('disk');
  expect(stream.listenerCount('readable')).toBe(0);
  stream.destroy(new Error('later'));
  await delay(5);
});

test('draining reads to the end, or to a limit', async () => {
  const whole = trickle(1000, 0, 50);
  await drain(whole);
  expect(whole.readableEnded).toBe(true);
  const started = performance.now();
  await drain(trickle(10, 5), { maxMs: 50 });
  await drain(trickle(1000, 0), { maxBytes: 10_000 });
  const closing = new PassThrough();
  setTimeout(() => closing.destroy(), 20);
  await drain(closing);
  await drain(closing);
  expect(performance.now() - started).toBeLessThan(1000);
});

test('draining goes on where receiving has stopped', async () => {
  const stream = trickle(1000, 0, 50);
  const work = receive(upload(stream), { ...noLimits, maxBytes: 1500 }, async () => {});
  expect(await codeOf(work)).toBe('request_too_large');
  await drain(stream);
  expect(stream.readableEnded).toBe(true);
});
