import { type FileHandle, open } from 'node:fs/promises';
import { RetouchError } from '../core/errors.ts';
import { type BlockPool, blockBytes } from './block-pool.ts';

/** A file that is written from start to end and read anywhere. */
export class SpoolFile {
  readonly #handle: FileHandle;
  readonly #pool: BlockPool;
  /** What waits to be written together with what comes next. */
  #block: Buffer | undefined;
  #blockUsed = 0;
  #writtenBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle, pool: BlockPool) {
    this.#handle = handle;
    this.#pool = pool;
  }

  /**
   * Copies the piece: kept until the disk has it, it would grow old, and only a collection of the whole heap would free
   * it. A fault may show only later: with the next piece, a read or `flush`. @throws RetouchError storage_unavailable
   */
  async write(piece: Uint8Array): Promise<void> {
    for (let done = 0; done < piece.length; ) {
      this.#block ??= this.#pool.borrow();
      const part = piece.subarray(done, done + blockBytes - this.#blockUsed);
      this.#block.set(part, this.#blockUsed);
      this.#blockUsed += part.length;
      done += part.length;
      if (this.#blockUsed === blockBytes) await this.flush();
    }
  }

  /**
   * Fills the buffer from the file. @returns how much of it, at least one byte
   * @throws RetouchError storage_unavailable, also where writing has failed
   */
  async read(position: number, buffer: Uint8Array): Promise<number> {
    await this.flush();
    const { bytesRead } = await orStorageFault(this.#handle.read(buffer, 0, buffer.length, position));
    if (bytesRead === 0) throw toStorageFault(new Error(`no bytes at ${position}`));
    return bytesRead;
  }

  /** What still waits is given up. */
  async close(): Promise<void> {
    if (this.#block) this.#pool.give([this.#block]);
    this.#block = undefined;
    await this.#writing.catch(() => undefined);
    await this.#handle.close();
  }

  /** Resolves when all of it is in the file. @throws RetouchError storage_unavailable */
  flush(): Promise<void> {
    const block = this.#block;
    if (!block) return this.#writing;
    const bytes = block.subarray(0, this.#blockUsed);
    this.#block = undefined;
    this.#blockUsed = 0;
    this.#writing = this.#writing
      .then(() => orStorageFault(this.#writeAll(bytes)))
      .finally(() => this.#pool.give([block]));
    return this.#writing;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#writtenBytes);
      done += bytesWritten;
      this.#writtenBytes += bytesWritten;
    }
  }
}

/** Creates the file, for this user only; it must not be there yet. @throws RetouchError storage_unavailable */
export async function openSpoolFile(path: string, pool: BlockPool): Promise<SpoolFile> {
  return new SpoolFile(await orStorageFault(open(path, 'wx+', 0o600)), pool);
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
