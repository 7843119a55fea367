import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartFault } from '../core/start-fault.ts';

export interface DataFolder {
  /** Absolute. */
  path: string;
  /** For `openStore`. */
  databasePath: string;
  /** Lets another process use the folder. */
  close(): void;
}

/** SQLite's codes, in their lowest byte: somebody else has the lock; no file can be written, or none made. */
const busy = 5;
const notWritable: readonly number[] = [8, 14];

const forbidden = 'this user may not write there';

const reasons: Record<string, string> = {
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: 'it is on a read-only disk',
  ENOSPC: 'the disk is full',
  ENOENT: 'no folder can be made there',
  EEXIST: 'it is a file, not a folder',
  ENOTDIR: 'part of the path is a file, not a folder',
};

/**
 * Makes the folder (for this user only) if it is absent, sees that it can be written, and keeps every other
 * process out until `close` or the end of this process, however it ends.
 * @throws StartFault
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const folder = resolve(path);
  const lockPath = join(folder, 'retouch.lock');
  try {
    await makeFolder(folder);
    await createPrivateFile(lockPath);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw toFolderFault(folder, reasons[code] ?? code, error);
  }
  const lock = holdLock(lockPath, folder);
  return { path: folder, databasePath: join(folder, 'retouch.db'), close: () => lock.close() };
}

/** Level by level: `recursive` never returns where a folder cannot be made although its parent is there (/proc). */
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || parent === path || (await exists(parent))) throw error;
    await makeFolder(parent);
    await mkdir(path, { mode: 0o700 });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** An empty file only its owner can read. SQLite gives the files it puts beside a database the same mode. */
export async function createPrivateFile(path: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  await file.close();
}

/** SQLite's lock, because the system drops it when the process dies: there is no stale lock to clear up. */
function holdLock(lockPath: string, folder: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(lockPath);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const { errcode, message } = error as Error & { errcode?: number };
    const primary = (errcode ?? 0) & 0xff;
    if (notWritable.includes(primary)) throw toFolderFault(folder, forbidden, error);
    const fault =
      primary === busy
        ? 'is in use by another Retouch. Stop that one, or set RETOUCH_DATA_DIR to another folder.'
        : `cannot be locked: ${message}. Set RETOUCH_DATA_DIR to a folder on a local disk.`;
    throw new StartFault(`The data folder ${folder} ${fault}`, { cause: error });
  }
}

function toFolderFault(folder: string, reason: string, cause: unknown): StartFault {
  return new StartFault(
    `The data folder ${folder} cannot be used: ${reason}. Set RETOUCH_DATA_DIR to a folder this user can write.`,
    { cause },
  );
}
