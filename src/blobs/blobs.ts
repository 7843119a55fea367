import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, lend } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { type ImageFormat, mediaTypes } from '../core/image.ts';

/** Result pictures at rest. */
export interface Blobs {
  /** Stores the bytes under a new id that nobody can guess. @throws RetouchError storage_unavailable */
  put(bytes: Bytes, format: ImageFormat): Promise<string>;
  find(id: string): Promise<StoredBlob | undefined>;
  /** Removes what is older than `maxAgeMs`; returns how many were. */
  sweep(maxAgeMs: number): Promise<number>;
}

export interface StoredBlob {
  mediaType: string;
  size: number;
  /** Open, and the reader's to close: a sweep cannot take away what is being read. */
  file: FileHandle;
}

const idPattern = /^img_[0-9a-f]{32}\.(png|jpeg|webp)$/;
const { O_CREAT, O_EXCL, O_WRONLY, O_RDONLY, O_NOFOLLOW } = constants;

/** Files in one folder, named by id. */
export function createFileBlobs(directory: string, nowMs: () => number): Blobs {
  return {
    put: (bytes, format) => put(directory, bytes, format),
    async find(id) {
      const format = idPattern.exec(id)?.[1];
      if (format === undefined) return undefined;
      const file = await open(join(directory, id), O_RDONLY | O_NOFOLLOW).catch(() => undefined);
      if (!file) return undefined;
      const { size } = await file.stat();
      return { mediaType: mediaTypes[format as ImageFormat], size, file };
    },
    sweep: (maxAgeMs) => sweep(directory, nowMs() - maxAgeMs),
  };
}

async function put(directory: string, bytes: Bytes, format: ImageFormat): Promise<string> {
  const id = `img_${randomBytes(16).toString('hex')}.${format}`;
  const path = join(directory, id);
  let file: FileHandle | undefined;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    file = await open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600);
    for await (const piece of lend(bytes)) await file.writeFile(piece);
    await file.close();
    return id;
  } catch (cause) {
    await file?.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw new RetouchError('storage_unavailable', 'The picture could not be stored; try again later.', {
      cause,
    });
  }
}

async function sweep(directory: string, beforeMs: number): Promise<number> {
  let removed = 0;
  for (const name of await readdir(directory).catch(() => [])) {
    if (!idPattern.test(name)) continue;
    const path = join(directory, name);
    const facts = await stat(path).catch(() => undefined);
    if (!facts || facts.mtimeMs >= beforeMs) continue;
    await unlink(path).then(
      () => {
        removed += 1;
      },
      () => undefined,
    );
  }
  return removed;
}
