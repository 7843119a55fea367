import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bytes, readAll, type Spool } from '../core/bytes.ts';
import { BlockPool, blockBytes } from './block-pool.ts';
import { createSpooler } from './spool.ts';
import { openSpoolFile, orStorageFault } from './spool-file.ts';

const kibibyte = 1024;
const nothingHeld = { memoryBytes: 0, diskBytes: 0, openScopes: 0, openSpools: 0 };
let directory: string;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'retouch-spool-')), 'spool');
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

async function fill(spool: Spool, bytes: Uint8Array, pieceBytes: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    // A buffer of its own, as the socket gives them.
    await spool.write(new Uint8Array(bytes.subarray(at, at + pieceBytes)));
  }
}

async function readRange(bytes: Bytes, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes.read(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.each([
  ['in memory', 64 * kibibyte * kibibyte],
  ['in a file from the first byte', 0],
  ['in a file after a while', 800 * kibibyte],
])('a spool %s', (_, memoryBytes) => {
  test.each([[7], [1000], [4096], [65_536], [150_000]])(
    'gives back what came in pieces of %i',
    async (pieceBytes) => {
      const bytes = randomBytes(pieceBytes < 100 ? 20_000 : 300_000);
      const spooler = createSpooler({ directory, memoryBytes });
      const scope = spooler.openScope('req_1');
      const spool = scope.openSpool();
      await fill(spool, bytes, pieceBytes);
      expect(spool.size).toBe(bytes.length);
      expect(bytes.equals(await readAll(spool, 1e6))).toBe(true);
      const slice = spool.slice(5, bytes.length - 3);
      expect(slice.size).toBe(bytes.length - 8);
      expect(bytes.subarray(5, -3).equals(await readAll(slice, 1e6))).toBe(true);
      expect(await readRange(slice, 100, 300)).toEqual(bytes.subarray(105, 305));
      await scope.release();
      expect(spooler.stats()).toEqual(nothingHeld);
      expect(existsSync(directory) ? await readdir(directory) : []).toEqual([]);
    },
  );

  test('serves several readers at once, also while it is being written', async () => {
    const bytes = randomBytes(400_000);
    const scope = createSpooler({ directory, memoryBytes }).openScope('req_1');
    const spool = scope.openSpool();
    await fill(spool, bytes.subarray(0, 90_000), 9_000);
    const early = spool.read(0, 90_000)[Symbol.asyncIterator]();
    const pieces = [(await early.next()).value as Uint8Array];
    await fill(spool, bytes.subarray(90_000), 9_000);
    for (let next = await early.next(); !next.done; next = await early.next()) pieces.push(next.value);
    expect(bytes.subarray(0, 90_000).equals(Buffer.concat(pieces))).toBe(true);
    const readers = await Promise.all([1, 2, 3].map(() => readAll(spool, 1e6)));
    for (const read of readers) expect(bytes.equals(read)).toBe(true);
    await scope.release();
  });
});

test('all requests together stay under the cap, and what is charged is what is held', async () => {
  const memoryBytes = 4096 * kibibyte;
  const spooler = createSpooler({ directory, memoryBytes });
  const scopes = Array.from({ length: 24 }, (_, index) => spooler.openScope(`req_${index}`));
  for (const [index, scope] of scopes.entries()) {
    const spool = scope.openSpool();
    for (let piece = 0; piece < 20; piece += 1) {
      // Small views of large buffers: kept as they are, each would hold 64 KB.
      await spool.write(Buffer.alloc(64 * kibibyte, index).subarray(0, 10 * kibibyte));
      // And a block that is being written to each file.
      expect(spooler.stats().memoryBytes).toBeLessThanOrEqual(memoryBytes + 24 * blockBytes);
    }
    expect(Buffer.alloc(200 * kibibyte, index).equals(await readAll(spool, 1e6))).toBe(true);
  }
  expect(spooler.stats()).toMatchObject({ openScopes: 24, openSpools: 24 });
  expect(spooler.stats().memoryBytes).toBeGreaterThan(0);
  await Promise.all(scopes.map((scope) => scope.release()));
  expect(spooler.stats().memoryBytes).toBe(0);
});

test('one large upload leaves memory for the others', async () => {
  const spooler = createSpooler({ directory, memoryBytes: 1024 * kibibyte });
  const [large, small] = [spooler.openScope('large'), spooler.openScope('small')];
  const spool = large.openSpool();
  await fill(spool, Buffer.alloc(2_000_000), 65_536);
  expect(spooler.stats().memoryBytes).toBe(blockBytes);
  expect((await readAll(spool, 2e6)).equals(Buffer.alloc(2_000_000))).toBe(true);
  expect(spooler.stats().memoryBytes).toBe(0);
  expect(await readdir(directory)).toEqual(['large-1']);
  await fill(small.openSpool(), Buffer.alloc(50_000), 65_536);
  expect(await readdir(directory)).toEqual(['large-1']);
  await spooler.close();
  expect(await readdir(directory)).toEqual([]);
});

test('a short body holds little memory', async () => {
  const spooler = createSpooler({ directory, memoryBytes: 1024 * kibibyte });
  await spooler.openScope('req').openSpool().write(Buffer.from('{}'));
  expect(spooler.stats().memoryBytes).toBe(64 * kibibyte);
  await spooler.close();
});

test.each([
  ['in memory', 64 * kibibyte * kibibyte],
  ['in files', 0],
])('what was read %s stays the reader’s when its memory is used again', async (_where, memoryBytes) => {
  const spooler = createSpooler({ directory, memoryBytes });
  const [first, next] = [spooler.openScope('first'), spooler.openScope('next')];
  const spool = first.openSpool();
  await fill(spool, Buffer.alloc(300_000, 1), 65_536);
  const pieces: Uint8Array[] = [];
  for await (const piece of spool.read()) pieces.push(piece);
  await first.release();
  const other = next.openSpool();
  await fill(other, Buffer.alloc(300_000, 2), 65_536);
  expect((await readAll(other, 1e6)).equals(Buffer.alloc(300_000, 2))).toBe(true);
  expect(Buffer.concat(pieces).equals(Buffer.alloc(300_000, 1))).toBe(true);
  await next.release();
});

test('a file is lent in one block, given back also by a reader that leaves early', async () => {
  const spooler = createSpooler({ directory, memoryBytes: 0 });
  const scope = spooler.openScope('req');
  const spool = scope.openSpool();
  await spool.fill('upload', () => fill(spool, randomBytes(300_000), 65_536));
  expect(spooler.stats().memoryBytes).toBe(0);
  const seen = new Set<unknown>();
  for await (const piece of spool.lend?.() ?? []) {
    seen.add(piece.buffer);
    expect(spooler.stats().memoryBytes).toBe(blockBytes);
    if (seen.size > 1) break;
  }
  expect([seen.size, spooler.stats().memoryBytes]).toEqual([1, 0]);
  for await (const _piece of spool.lend?.() ?? []) break;
  expect(spooler.stats().memoryBytes).toBe(0);
  await scope.release();
});

test('uploads that stand still keep no answer waiting, and other uploads only for a moment', async () => {
  const spooler = createSpooler({ directory, memoryBytes: 1024 * kibibyte });
  const scope = spooler.openScope('req');
  const stalled = Promise.withResolvers<void>();
  const uploads = Array.from({ length: 16 }, () => scope.openSpool().fill('upload', () => stalled.promise));
  const order: string[] = [];
  const upload = scope.openSpool().fill('upload', async () => void order.push('upload'));
  await scope.openSpool().fill('answer', async () => void order.push('answer'));
  await upload;
  expect(order).toEqual(['answer', 'upload']);
  stalled.resolve();
  await Promise.all(uploads);
  await scope.release();
});

test('what waits for its turn counts: the memory of all is less by a block for each', async () => {
  const spooler = createSpooler({ directory, memoryBytes: 16 * blockBytes });
  const [others, scope] = [spooler.openScope('others'), spooler.openScope('req')];
  const stalled = Promise.withResolvers<void>();
  const uploads = Array.from({ length: 32 }, () => others.openSpool().fill('upload', () => stalled.promise));
  await scope.openSpool().write(Buffer.alloc(1_000));
  expect(await readdir(directory)).toEqual(['req-2']);
  stalled.resolve();
  await Promise.all(uploads);
  const later = spooler.openScope('later');
  await later.openSpool().write(Buffer.alloc(1_000));
  expect(await readdir(directory)).toEqual(['req-2']);
  await spooler.close();
});

test('what fills the disk of all is refused, filled in a line or not, what is paid for is not, and room comes back', async () => {
  const spooler = createSpooler({ directory, memoryBytes: 0, diskBytes: 1_000_000 });
  const [first, second] = [spooler.openScope('first'), spooler.openScope('second')];
  const bytes = randomBytes(700_000);
  const upload = (spool: Spool) => spool.fill('upload', () => fill(spool, bytes, 65_536));
  await upload(first.openSpool());
  const refused = second.openSpool();
  await expect(upload(refused)).rejects.toMatchObject({ code: 'server_busy', retryAfterMs: 5_000 });
  await refused.release();
  const fetched = second.openSpool();
  await expect(fill(fetched, bytes, 65_536)).rejects.toMatchObject({ code: 'server_busy' });
  expect(spooler.stats().diskBytes).toBeLessThanOrEqual(1_000_000);
  const answer = second.openPaidSpool();
  await answer.fill('answer', () => fill(answer, bytes, 65_536));
  const unescaped = second.openPaidSpool();
  await fill(unescaped, bytes, 65_536);
  expect(bytes.equals(await readAll(answer, 1e6))).toBe(true);
  await second.release();
  expect(spooler.stats().diskBytes).toBe(700_000);
  await first.release();
  const again = spooler.openScope('again');
  await upload(again.openSpool());
  await again.release();
  expect(spooler.stats()).toEqual(nothingHeld);
});

test('files and folders are for this user only, whatever the request is called', async () => {
  const spooler = createSpooler({ directory, memoryBytes: 0 });
  const scope = spooler.openScope('../../etc/x\0y');
  await scope.openSpool().write(Buffer.from('secret'));
  const [folder] = await readdir(directory);
  expect(folder).toBe('______etc_x_y-1');
  expect((await stat(join(directory, String(folder)))).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, String(folder), '0'))).mode & 0o777).toBe(0o600);
  await scope.release();
});

test('sweeping removes what a crash left behind', async () => {
  await mkdir(join(directory, 'req_old-7'), { recursive: true });
  await writeFile(join(directory, 'req_old-7', '0'), 'left over');
  const spooler = createSpooler({ directory, memoryBytes: 0 });
  await spooler.sweep();
  expect(await readdir(directory)).toEqual([]);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test('released in the middle of a write, everything goes', async () => {
  const spooler = createSpooler({ directory, memoryBytes: 0 });
  const scope = spooler.openScope('req');
  const spool = scope.openSpool();
  const writing = spool.write(Buffer.alloc(1_000_000));
  await Promise.all([scope.release(), scope.release(), writing]);
  expect(await readdir(directory)).toEqual([]);
  await expect(spool.write(Buffer.alloc(1))).rejects.toThrow('after its request had ended');
  await expect(readAll(spool, 1e7)).rejects.toThrow('after its request had ended');
  expect(() => scope.openSpool()).toThrow('after its request had ended');
});

test.skipIf(process.getuid?.() === 0)(
  'a folder that cannot be written is said to be so (skipped for root, who may write anywhere)',
  async () => {
    await mkdir(directory, { mode: 0o500 });
    const spooler = createSpooler({ directory, memoryBytes: 0 });
    const scope = spooler.openScope('req');
    await expect(scope.openSpool().write(Buffer.alloc(1))).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await chmod(directory, 0o700);
    await scope.release();
  },
);

test('a disk that gives out is said to be so, without the path, and nothing leaks', async () => {
  await writeFile(directory, 'a file where the folder should be');
  const spooler = createSpooler({ directory, memoryBytes: 1024 * kibibyte });
  const scope = spooler.openScope('req');
  const spool = scope.openSpool();
  await spool.write(Buffer.alloc(9_000));
  const fault = await spool.write(Buffer.alloc(190_000)).catch((error) => error);
  expect(fault).toMatchObject({ code: 'storage_unavailable', cause: { code: 'ENOTDIR' } });
  expect(fault.message).not.toContain(directory);
  await scope.release();
  expect(spooler.stats()).toEqual(nothingHeld);
});

test('a full disk is told from a broken one', async () => {
  const full = Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
  await expect(orStorageFault(full)).rejects.toThrow('The disk of this gateway is full');
});

test('nobody can plant a file or a link where a spool will be', async () => {
  await mkdir(directory);
  await symlink(join(directory, 'elsewhere'), join(directory, '0'));
  await expect(openSpoolFile(join(directory, '0'), new BlockPool(0))).rejects.toMatchObject({
    cause: { code: 'EEXIST' },
  });
});

test('a file is closed when its reads are done: until then its number must not become another’s', async () => {
  await mkdir(directory);
  const file = await openSpoolFile(join(directory, 'file'), new BlockPool(0));
  const longBytes = 32 * 1024 * kibibyte;
  await file.write(Buffer.alloc(longBytes));
  await file.flush();
  const ended: string[] = [];
  const reads = [1, 2].map(async () => ended.push(`read ${await file.read(0, Buffer.alloc(longBytes))}`));
  // Both have begun.
  await new Promise(setImmediate);
  await file.close();
  ended.push('closed');
  await Promise.all(reads);
  expect(ended).toEqual([`read ${longBytes}`, `read ${longBytes}`, 'closed']);
});
