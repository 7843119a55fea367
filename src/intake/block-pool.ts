/** Length of one block. */
export const blockBytes = 64 * 1024;
const spareBlocks = 64;

/**
 * Memory that all requests share, in blocks that are used again and again. Left to the collector, buffers that live as
 * long as an edit are promoted, and then only collections of the whole heap free them: several a second under load.
 */
export class BlockPool {
  readonly #maxBytes: number;
  readonly #free: Buffer[] = [];
  #usedBytes = 0;
  #elsewhereBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Undefined, and nothing is taken, where it would go above the cap. What is in the blocks is anybody's. */
  take(count: number): Buffer[] | undefined {
    if (this.#usedBytes + this.#elsewhereBytes + count * blockBytes > this.#maxBytes) return undefined;
    return Array.from({ length: count }, () => this.borrow());
  }

  /** As much as a block is held elsewhere, until what this returns is called: then the pool has less to give. */
  countElsewhere(): () => void {
    this.#elsewhereBytes += blockBytes;
    return () => {
      this.#elsewhereBytes -= blockBytes;
    };
  }

  /** One more, whether or not it goes above the cap: for who gives it back as soon as a disk or a socket has taken it. */
  borrow(): Buffer {
    this.#usedBytes += blockBytes;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
  }

  /** Nobody may look at the blocks after that. */
  give(blocks: readonly Buffer[]): void {
    for (const block of blocks) {
      this.#usedBytes -= blockBytes;
      const keptBytes = this.#usedBytes + this.#elsewhereBytes + this.#free.length * blockBytes;
      // What went above the cap is left to the collector, but for a few that are soon borrowed again.
      if (this.#free.length < spareBlocks || keptBytes + blockBytes <= this.#maxBytes) this.#free.push(block);
    }
  }
}
