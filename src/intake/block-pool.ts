/** Length of one block. */
export const blockBytes = 64 * 1024;
const slabBytes = 16 * blockBytes;

/**
 * Memory that all requests share, in blocks that are used again and again. Left to the collector, buffers that live as
 * long as an edit are promoted, and then only collections of the whole heap free them: several a second under load.
 */
export class BlockPool {
  readonly #maxBytes: number;
  readonly #free: Buffer[] = [];
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Undefined, and nothing is taken, where it would go above the cap. What is in the blocks is anybody's. */
  take(count: number): Buffer[] | undefined {
    if (this.#usedBytes + count * blockBytes > this.#maxBytes) return undefined;
    this.#usedBytes += count * blockBytes;
    while (this.#free.length < count) this.#addSlab();
    return this.#free.splice(this.#free.length - count);
  }

  /** One more, whether or not it goes above the cap: for who gives it back as soon as a disk or a socket has taken it. */
  borrow(): Buffer {
    this.#usedBytes += blockBytes;
    if (this.#free.length === 0) this.#addSlab();
    return this.#free.pop() as Buffer;
  }

  /** Nobody may look at the blocks after that. */
  give(blocks: readonly Buffer[]): void {
    this.#free.push(...blocks);
    this.#usedBytes -= blocks.length * blockBytes;
  }

  #addSlab(): void {
    const slab = Buffer.allocUnsafeSlow(slabBytes);
    for (let at = 0; at < slabBytes; at += blockBytes) this.#free.push(slab.subarray(at, at + blockBytes));
  }
}
