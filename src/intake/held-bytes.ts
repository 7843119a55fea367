import { type BlockPool, blockBytes } from './block-pool.ts';

/** One spool's bytes in memory. */
export class HeldBytes {
  readonly #pool: BlockPool;
  readonly #maxBytes: number;
  #blocks: Buffer[] = [];
  #size = 0;

  /** `maxBytes`: how much of the shared memory this one may take. */
  constructor(pool: BlockPool, maxBytes: number) {
    this.#pool = pool;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#size;
  }

  /** Copies the piece. False where there is no room; then nothing was added. */
  add(piece: Uint8Array): boolean {
    if (!this.#makeRoom(this.#size + piece.length)) return false;
    for (let done = 0; done < piece.length; ) {
      const offset = this.#size % blockBytes;
      const part = piece.subarray(done, done + blockBytes - offset);
      this.#blockAt(this.#size).set(part, offset);
      this.#size += part.length;
      done += part.length;
    }
    return true;
  }

  /** The bytes from `start` up to `end`, or less: as many as lie together. */
  view(start: number, end: number): Buffer {
    const offset = start % blockBytes;
    return this.#blockAt(start).subarray(offset, offset + end - start);
  }

  release(): void {
    this.#pool.give(this.#blocks);
    this.#blocks = [];
  }

  #blockAt(position: number): Buffer {
    return this.#blocks[Math.floor(position / blockBytes)] as Buffer;
  }

  #makeRoom(bytes: number): boolean {
    const count = Math.ceil(bytes / blockBytes);
    const missing = count - this.#blocks.length;
    if (missing <= 0) return true;
    const fresh = count * blockBytes > this.#maxBytes ? undefined : this.#pool.take(missing);
    if (fresh) this.#blocks.push(...fresh);
    return fresh !== undefined;
  }
}
