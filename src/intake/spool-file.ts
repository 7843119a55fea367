import { read, write } from 'node:fs';
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
  #size = 0;
  #writtenBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  readonly #reading = new Set<Promise<number>>();

  constructor(handle: FileHandle, pool: BlockPool) {
    this.#handle = handle;
    this.#pool = pool;
  }

  /** How much can be read, be it on the disk yet or not. */
  get size(): number {
    return this.#size;
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
      this.#size += part.length;
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
    const reading = this.#readAt(position, buffer);
    this.#reading.add(reading);
    const bytesRead = await reading.finally(() => this.#reading.delete(reading));
    if (bytesRead === 0) throw toStorageFault(new Error(`no bytes at ${position}`));
    return bytesRead;
  }

  /** What still waits is given up. */
  async close(): Promise<void> {
    if (this.#block) this.#pool.give([this.#block]);
    this.#block = undefined;
    // The number of a closed file may be another's by the time the system comes to read it.
    await Promise.allSettled([this.#writing, ...this.#reading]);
    await this.#handle.close();
  }

  /** Resolves when all of it is in the file. @throws RetouchError storage_unavailable */
  flush(): Promise<void> {
    if (this.#block) {
      this.#writing = this.#writeOut(this.#block, this.#blockUsed);
      this.#block = undefined;
      this.#blockUsed = 0;
    }
    return this.#writing;
  }

  async #writeOut(block: Buffer, length: number): Promise<void> {
    try {
      await this.#writing;
      for (let done = 0; done < length; ) {
        const bytesWritten = await this.#writeAt(this.#writtenBytes, block.subarray(done, length));
        done += bytesWritten;
        this.#writtenBytes += bytesWritten;
      }
    } finally {
      this.#pool.give([block]);
    }
  }

  // With callbacks, since the promises of node:fs leave three times as much behind for the collector.

  #readAt(position: number, buffer: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#handle.fd, buffer, 0, buffer.length, position, (error, bytesRead) => {
        if (error) reject(toStorageFault(error));
        else resolve(bytesRead);
      });
    });
  }

  #writeAt(position: number, bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#handle.fd, bytes, 0, bytes.length, position, (error, bytesWritten) => {
        if (error) reject(toStorageFault(error));
        else resolve(bytesWritten);
      });
    });
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
