import { type FileHandle, open } from 'node:fs/promises';
import { RetouchError } from '../core/errors.ts';

/** A file that is written from start to end and read anywhere. */
export class SpoolFile {
  readonly #handle: FileHandle;
  readonly #maxWaitingBytes: () => number;
  /** Pieces that are written together with the next ones. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writtenBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle, maxWaitingBytes: () => number) {
    this.#handle = handle;
    this.#maxWaitingBytes = maxWaitingBytes;
  }

  /** Takes over the piece. A fault may show only later: with the next piece, or the next read. @throws RetouchError storage_unavailable */
  async write(piece: Uint8Array): Promise<void> {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= this.#maxWaitingBytes()) await this.#flush();
  }

  /** At least one byte, at most `length`. @throws RetouchError storage_unavailable, also where writing has failed */
  async read(position: number, length: number): Promise<Uint8Array> {
    await this.#flush();
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await orStorageFault(this.#handle.read(buffer, 0, length, position));
    if (bytesRead === 0) throw toStorageFault(new Error(`no bytes at ${position}`));
    return buffer.subarray(0, bytesRead);
  }

  /** What still waits is given up. */
  async close(): Promise<void> {
    this.#waiting = [];
    await this.#writing.catch(() => undefined);
    await this.#handle.close();
  }

  #flush(): Promise<void> {
    const pieces = this.#waiting;
    if (pieces.length === 0) return this.#writing;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#writing = this.#writing.then(() => orStorageFault(this.#writeAll(pieces)));
    return this.#writing;
  }

  async #writeAll(pieces: readonly Uint8Array[]): Promise<void> {
    for (let left = pieces; left.length > 0; ) {
      const { bytesWritten } = await this.#handle.writev(left, this.#writtenBytes);
      this.#writtenBytes += bytesWritten;
      left = skipBytes(left, bytesWritten);
    }
  }
}

/**
 * Creates the file, for this user only; it must not be there yet.
 * @param maxWaitingBytes how much may wait to be written together
 * @throws RetouchError storage_unavailable
 */
export async function openSpoolFile(path: string, maxWaitingBytes: () => number): Promise<SpoolFile> {
  return new SpoolFile(await orStorageFault(open(path, 'wx+', 0o600)), maxWaitingBytes);
}

function skipBytes(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skipped = 0;
  for (const [index, piece] of pieces.entries()) {
    if (skipped + piece.length > count) return [piece.subarray(count - skipped), ...pieces.slice(index + 1)];
    skipped += piece.length;
  }
  return [];
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
