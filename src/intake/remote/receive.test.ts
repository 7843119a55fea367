import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createMemorySpools } from '../../../test/support/memory-spool.ts';
import type { Link } from './link.ts';
import { receive } from './receive.ts';

const link: Link = { name: 'mask', url: new URL('https://host.example/'), allowed: false, redirects: 0 };
const piece = new Uint8Array(1000);

/** A body that lets one wait before each piece, and is not read ahead. */
function startBody(waitsMs: readonly number[]): Readable {
  const left = [...waitsMs];
  return new Readable({
    highWaterMark: 0,
    read() {
      const waitMs = left.shift();
      setTimeout(() => this.push(waitMs === undefined ? null : piece), waitMs);
    },
  });
}

const limits = { maxBytes: 1_000_000, minBytesPerSecond: 1_000_000, patienceMs: 200 };

test('waiting for the spool uses up no patience', async () => {
  const { openSpool } = createMemorySpools(() => sleep(150).then(() => {}));
  const spool = openSpool();
  await receive(link, startBody([20, 20, 20, 20]), spool, limits);
  expect(spool.size).toBe(4000);
});

test('waiting for the origin adds up, though no single wait is long', async () => {
  const body = startBody(Array(50).fill(20));
  const receiving = receive(link, body, createMemorySpools().openSpool(), limits);
  await expect(receiving).rejects.toMatchObject({ code: 'image_download_failed', param: 'mask' });
  expect(body.destroyed).toBe(true);
});

test('bytes buy patience back, but none in store: a fast start does not excuse a long pause', async () => {
  const generous = { ...limits, minBytesPerSecond: 1 };
  const started = performance.now();
  const body = startBody([0, 0, 0, 0, 2_000]);
  await expect(receive(link, body, createMemorySpools().openSpool(), generous)).rejects.toThrow('too slowly');
  expect(performance.now() - started).toBeLessThan(1_500);
  const spool = createMemorySpools().openSpool();
  await receive(link, startBody(Array(10).fill(50)), spool, generous);
  expect(spool.size).toBe(10_000);
});
