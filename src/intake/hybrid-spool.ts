import { type Bytes, type FillLine, type Spool, toRange } from '../core/bytes.ts';
import type { BlockPool } from './block-pool.ts';
import { HeldBytes } from './held-bytes.ts';
import type { SpoolFile } from './spool-file.ts';
import type { Turn, Turns } from './turns.ts';

const done = Promise.resolve();

export interface HybridSpoolParts {
  pool: BlockPool;
  /** How much of the pool this spool may take. */
  maxMemoryBytes: number;
  lines: Readonly<Record<FillLine, Turns>>;
  openFile: () => Promise<SpoolFile>;
}

/** Begins in memory, goes on in a file when there is no more room. Who uses `read` may be at work meanwhile. */
export class HybridSpool implements Spool {
  readonly #held: HeldBytes;
  readonly #openFile: () => Promise<SpoolFile>;
  readonly #pool: BlockPool;
  readonly #lines: Readonly<Record<FillLine, Turns>>;
  #file: SpoolFile | undefined;
  #turn: Turn | undefined;
  #size = 0;
  #writing: Promise<void> = done;
  #released: Promise<void> | undefined;

  constructor({ pool, maxMemoryBytes, lines, openFile }: HybridSpoolParts) {
    this.#held = new HeldBytes(pool, maxMemoryBytes);
    this.#pool = pool;
    this.#lines = lines;
    this.#openFile = openFile;
  }

  get size(): number {
    return this.#size;
  }

  write(piece: Uint8Array): Promise<void> {
    if (this.#released) return Promise.reject(toReleasedFault());
    this.#turn?.earn(piece.length);
    if (!this.#file && this.#held.add(piece)) {
      this.#size += piece.length;
      return done;
    }
    this.#writing = this.#writeToFile(piece);
    return this.#writing;
  }

  async fill(line: FillLine, work: () => Promise<void>): Promise<void> {
    this.#turn = await this.#lines[line].take();
    try {
      await work();
      await this.#file?.flush();
    } finally {
      this.#turn.leave();
    }
  }

  async *read(start = 0, end = this.#size): AsyncGenerator<Uint8Array> {
    for await (const piece of this.lend(start, end)) yield Buffer.from(piece);
  }

  async *lend(start = 0, end = this.#size): AsyncGenerator<Uint8Array> {
    if (start < 0 || end > this.#size) throw new RangeError(`${start} to ${end} of ${this.#size} bytes`);
    let block: Buffer | undefined;
    try {
      for (let at = start; at < end; ) {
        if (this.#released) throw toReleasedFault();
        if (this.#file) block ??= this.#pool.borrow();
        const piece = block ? await this.#readFile(at, end, block) : this.#held.view(at, end);
        at += piece.length;
        yield piece;
      }
    } finally {
      if (block) this.#pool.give([block]);
    }
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
        const piece = this.#held.view(at, this.#size);
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

  async #readFile(at: number, end: number, block: Buffer): Promise<Uint8Array> {
    const wanted = block.subarray(0, end - at);
    return wanted.subarray(0, await this.#file?.read(at, wanted));
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
