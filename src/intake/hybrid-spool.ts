import { type Bytes, type FillLine, type Spool, toRange } from '../core/bytes.ts';
import type { BlockPool } from './block-pool.ts';
import type { DiskQuota } from './disk-quota.ts';
import { HeldBytes } from './held-bytes.ts';
import type { SpoolFile } from './spool-file.ts';
import type { Turn, Turns } from './turns.ts';

const done = Promise.resolve();

export interface HybridSpoolParts {
  pool: BlockPool;
  /** How much of the pool this spool may take. */
  maxMemoryBytes: number;
  quota: DiskQuota;
  /** What is paid for is kept whatever the quota says. */
  isPaid: boolean;
  lines: Readonly<Record<FillLine | 'read', Turns>>;
  openFile: () => Promise<SpoolFile>;
}

/** Begins in memory, goes on in a file when there is no more room. Who uses `read` may be at work meanwhile. */
export class HybridSpool implements Spool {
  readonly #held: HeldBytes;
  readonly #openFile: () => Promise<SpoolFile>;
  readonly #pool: BlockPool;
  readonly #quota: DiskQuota;
  readonly #isPaid: boolean;
  readonly #lines: Readonly<Record<FillLine | 'read', Turns>>;
  #file: SpoolFile | undefined;
  #turn: Turn | undefined;
  /** Of the quota. */
  #diskBytes = 0;
  #writing: Promise<void> = done;
  #released: Promise<void> | undefined;

  constructor({ pool, maxMemoryBytes, quota, isPaid, lines, openFile }: HybridSpoolParts) {
    this.#held = new HeldBytes(pool, maxMemoryBytes);
    this.#pool = pool;
    this.#quota = quota;
    this.#isPaid = isPaid;
    this.#lines = lines;
    this.#openFile = openFile;
  }

  get size(): number {
    return this.#file?.size ?? this.#held.size;
  }

  write(piece: Uint8Array): Promise<void> {
    if (this.#released) return Promise.reject(toReleasedFault());
    this.#turn?.earn(piece.length);
    if (!this.#file && this.#held.add(piece)) return done;
    this.#writing = this.#writeToFile(piece);
    return this.#writing;
  }

  async fill(line: FillLine, work: () => Promise<void>): Promise<void> {
    // Of who waits, Node has read a first piece already: with a thousand of them it adds up.
    const comeIn = this.#pool.countElsewhere();
    this.#turn = await this.#lines[line].take().finally(comeIn);
    try {
      await work();
      await this.#file?.flush();
    } finally {
      this.#turn.leave();
    }
  }

  async *read(start = 0, end = this.size): AsyncGenerator<Uint8Array> {
    for await (const piece of this.lend(start, end)) yield Buffer.from(piece);
  }

  async *lend(start = 0, end = this.size): AsyncGenerator<Uint8Array> {
    if (start < 0 || end > this.size) throw new RangeError(`${start} to ${end} of ${this.size} bytes`);
    let block: Buffer | undefined;
    let turn: Turn | undefined;
    try {
      for (let at = start; at < end; ) {
        if (this.#released) throw toReleasedFault();
        if (this.#file && !block) {
          turn = await this.#lines.read.take();
          block = this.#pool.borrow();
        }
        const piece = block ? await this.#readFile(at, end, block) : this.#held.view(at, end);
        at += piece.length;
        turn?.earn(piece.length);
        yield piece;
      }
    } finally {
      turn?.leave();
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
    this.#takeDisk(this.size + piece.length - this.#diskBytes);
    const file = this.#file ?? (await this.#moveToFile());
    await file.write(piece);
  }

  #takeDisk(bytes: number): void {
    if (this.#isPaid) this.#quota.force(bytes);
    else this.#quota.take(bytes);
    this.#diskBytes += bytes;
  }

  async #moveToFile(): Promise<SpoolFile> {
    const file = await this.#openFile();
    try {
      for (let at = 0; at < this.#held.size; ) {
        const piece = this.#held.view(at, this.#held.size);
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
    this.#quota.give(this.#diskBytes);
  }
}

function toReleasedFault(): Error {
  return new Error('A spool was used after its request had ended.');
}
