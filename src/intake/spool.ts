import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenSpool, Spool } from '../core/bytes.ts';
import { BlockPool } from './block-pool.ts';
import { DiskQuota } from './disk-quota.ts';
import { HybridSpool } from './hybrid-spool.ts';
import { openSpoolFile, orStorageFault } from './spool-file.ts';
import { Turns } from './turns.ts';

/** How much one spool may take of the memory that all share: a large upload must not drive the small ones out. */
const shareOfMemory = 1 / 16;
/** How many spools of each line are filled at a time. */
const fillingAtOnce = 16;

export interface SpoolerSettings {
  /** For files; nobody else's, since `sweep` empties it. */
  directory: string;
  memoryBytes: number;
  /** How much of the disk may be filled by what comes in; what is paid for goes above it. Undefined: all of it. */
  diskBytes?: number;
}

/** The spools of one request. */
export interface SpoolScope {
  /** For what comes in: where it would fill the disk of all, writing throws server_busy. */
  openSpool: OpenSpool;
  /** For what is paid for, and so is kept even where that goes above the limit. */
  openPaidSpool: OpenSpool;
  /** Frees all of them, memory and files. May be called more than once; never fails. */
  release(): Promise<void>;
}

export interface SpoolerStats {
  /** Really held: of bodies, never above the cap; and a block for each file that is being written or read. */
  memoryBytes: number;
  diskBytes: number;
  openScopes: number;
  openSpools: number;
}

export interface Spooler {
  openScope(requestId: string): SpoolScope;
  stats(): SpoolerStats;
  /** Removes what a crash left behind. To be called once, before the first scope. @throws RetouchError storage_unavailable */
  sweep(): Promise<void>;
  /** Releases every scope. */
  close(): Promise<void>;
}

/** Holds the bytes of all requests: in memory up to one shared cap, then in a folder per request. */
export function createSpooler({ directory, memoryBytes, diskBytes = Infinity }: SpoolerSettings): Spooler {
  const pool = new BlockPool(memoryBytes);
  const quota = new DiskQuota(diskBytes);
  const scopes = new Set<OpenScope>();
  const lines = {
    upload: new Turns(fillingAtOnce),
    answer: new Turns(fillingAtOnce),
    read: new Turns(fillingAtOnce),
  };
  const maxMemoryBytes = memoryBytes * shareOfMemory;
  let opened = 0;
  return {
    openScope(requestId) {
      opened += 1;
      const folder = join(directory, `${requestId.replace(/[^\w-]/g, '_').slice(0, 80)}-${opened}`);
      const createSpool: CreateSpool = (path, isPaid, makeFolder) =>
        new HybridSpool({
          ...{ pool, maxMemoryBytes, quota, isPaid, lines },
          openFile: async () => {
            await makeFolder();
            return openSpoolFile(path, pool);
          },
        });
      const scope = createScope(folder, createSpool, () => scopes.delete(scope));
      scopes.add(scope);
      return scope;
    },
    stats: () => ({
      memoryBytes: pool.usedBytes,
      diskBytes: quota.usedBytes,
      openScopes: scopes.size,
      openSpools: Array.from(scopes).reduce((sum, { spools }) => sum + spools.length, 0),
    }),
    async sweep() {
      await orStorageFault(rm(directory, { recursive: true, force: true }));
      await orStorageFault(mkdir(directory, { recursive: true, mode: 0o700 }));
    },
    async close() {
      await Promise.all(Array.from(scopes, (scope) => scope.release()));
    },
  };
}

type CreateSpool = (path: string, isPaid: boolean, makeFolder: () => Promise<unknown>) => Spool;

interface OpenScope extends SpoolScope {
  readonly spools: readonly Spool[];
}

function createScope(folder: string, createSpool: CreateSpool, onRelease: () => void): OpenScope {
  const spools: Spool[] = [];
  let made: Promise<unknown> | undefined;
  let released: Promise<void> | undefined;

  const makeFolder = (): Promise<unknown> => {
    made ??= orStorageFault(mkdir(folder, { recursive: true, mode: 0o700 }));
    return made;
  };
  const release = async (): Promise<void> => {
    await Promise.allSettled(spools.map((spool) => spool.release()));
    // What cannot be removed now goes with the next sweep.
    if (made) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    onRelease();
  };
  const open = (isPaid: boolean): Spool => {
    if (released) throw new Error('A spool was asked for after its request had ended.');
    const spool = createSpool(join(folder, String(spools.length)), isPaid, makeFolder);
    spools.push(spool);
    return spool;
  };
  return {
    spools,
    openSpool: () => open(false),
    openPaidSpool: () => open(true),
    release() {
      released ??= release();
      return released;
    },
  };
}
