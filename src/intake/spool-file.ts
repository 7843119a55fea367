import { open } from 'node:fs/promises';
import { RetouchError } from '../core/errors.ts';

/** A file that is written from start to end and read anywhere. */
export interface SpoolFile {
  /** @throws RetouchError storage_unavailable */
  write(piece: Uint8Array): Promise<void>;
  /** At least one byte, at most `length`. @throws RetouchError storage_unavailable */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Creates the file, for this user only; it must not be there yet. @throws RetouchError storage_unavailable */
export async function openSpoolFile(path: string): Promise<SpoolFile> {
  const handle = await orStorageFault(open(path, 'wx+', 0o600));
  let size = 0;
  return {
    async write(piece) {
      for (let done = 0; done < piece.length; ) {
        const { bytesWritten } = await orStorageFault(handle.write(piece, done, piece.length - done, size));
        done += bytesWritten;
        size += bytesWritten;
      }
    },
    async read(position, length) {
      const buffer = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await orStorageFault(handle.read(buffer, 0, length, position));
      if (bytesRead === 0) throw toStorageFault(new Error(`no bytes at ${position}`));
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

/** Says that the disk is at fault, not the caller. */
export async function orStorageFault<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause) => {
    throw toStorageFault(cause);
  });
}

function toStorageFault(cause: unknown): RetouchError {
  const isFull =
    cause instanceof Error && 'code' in cause && ['ENOSPC', 'EDQUOT'].includes(String(cause.code));
  return new RetouchError(
    'storage_unavailable',
    isFull
      ? 'The disk of this gateway is full, so the request cannot be held. Please try again later.'
      : 'This gateway cannot keep the request on its disk at the moment. Please try again later.',
    { cause },
  );
}
