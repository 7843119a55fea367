import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../../src/store/index.ts';

/** An empty folder that is removed when the test ends. */
export async function createTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'retouch-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A new database of its own, closed and removed when the test ends. */
export async function openTestStore(): Promise<{ store: Store; path: string }> {
  const path = join(await createTemporaryFolder(), 'retouch.db');
  const store = await openStore({ path });
  onTestFinished(() => store.close());
  return { store, path };
}

/** How many commits SQLite's log holds: the frames that end one give the database's size, others 0. */
export async function countCommits(path: string): Promise<number> {
  const log = await readFile(`${path}-wal`);
  const pageBytes = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let frame = 32; frame < log.length; frame += 24 + pageBytes) {
    const isCurrent = log.subarray(frame + 8, frame + 16).equals(salt);
    if (isCurrent && log.readUInt32BE(frame + 4) > 0) commits += 1;
  }
  return commits;
}
