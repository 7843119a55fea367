import { type Bytes, type Spool, toRange } from '../core/bytes.ts';
import type { BlockPool } from './block-pool.ts';
import { HeldBytes } from './held-bytes.ts';
import type { SpoolFile } from './spool-file.ts';

const done = Promise.resolve();

export interface HybridSpoolParts {
  pool: BlockPool;
  /** How much of the pool this spool may take. */
  maxMemoryBytes: number;
  /** Length of the pieces to read. */
  pieceBytes: () => number;
  openFile: () => Promise<SpoolFile>;
}

/** Begins in memory, goes on in a file when there is no more room. Readers may be at work meanwhile. */
export class HybridSpool implements Spool {
  readonly #held: HeldBytes;
  readonly #openFile: () => Promise<SpoolFile>;
  readonly #pieceBytes: () => number;
  #file: SpoolFile | undefined;
  #size = 0;
  #writing: Promise<void> = done;
  #released: Promise<void> | undefined;

  constructor({ pool, maxMemoryBytes, pieceBytes, openFile }: HybridSpoolParts) {
    this.#held = new HeldBytes(pool, maxMemoryBytes);
    this.#pieceBytes = pieceBytes;
    this.#openFile = openFile;
  }

  get size(): number {
    return this.#size;
  }

  write(piece: Uint8Array): Promise<void> {
    if (this.#released) return Promise.reject(toReleasedFault());
    if (!this.#file && this.#held.add(piece)) {
      this.#size += piece.length;
      return done;
    }
    this.#writing = this.#writeToFile(piece);
    return this.#writing;
  }

  read(start = 0, end = this.#size): AsyncIterable<Uint8Array> {
    return this.#read(start, end, (at, length) => this.#held.copy(at, at + length));
  }

  lend(start = 0, end = this.#size): AsyncIterable<Uint8Array> {
    return this.#read(start, end, (at, length) => this.#held.view(at, at + length));
  }

  slice(start: number, end: number): Bytes {
    return toRange(this, start, end);
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #writeToFile(piece: Uint8Array): Promise<void> {
    const file = this.#file ?? (await this.#moveToFile());
    await file.write(piece);
    this.#size += piece.length;
  }

  async #moveToFile(): Promise<SpoolFile> {
    const file = await this.#openFile();
    try {
      for (let at = 0; at < this.#size; ) {
        const piece = this.#held.copy(at, Math.min(this.#size, at + this.#pieceBytes()));
        await file.write(piece);
        at += piece.length;
      }
    } catch (fault) {
      await file.close();
      throw fault;
    }
    // At once, so that a reader finds the bytes in one of the two places at any time.
    this.#file = file;
    this.#held.release();
    return file;
  }

  async *#read(
    start: number,
    end: number,
    readHeld: (at: number, length: number) => Uint8Array,
  ): AsyncGenerator<Uint8Array> {
    if (start < 0 || end > this.#size) throw new RangeError(`${start} to ${end} of ${this.#size} bytes`);
    for (let at = start; at < end; ) {
      if (this.#released) throw toReleasedFault();
      const length = Math.min(this.#pieceBytes(), end - at);
      const piece = this.#file ? await this.#file.read(at, length) : readHeld(at, length);
      at += piece.length;
      yield piece;
    }
  }

  async #release(): Promise<void> {
    await this.#writing.catch(() => undefined);
    this.#held.release();
    await this.#file?.close();
  }
}

function toReleasedFault(): Error {
  return new Error('A spool was used after its request had ended.');
}
