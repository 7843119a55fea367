import type { MemoryCap } from './memory-cap.ts';

/** Pieces from this length on are kept as they came, if no larger buffer hangs on them. */
const keptPieceBytes = 16 * 1024;
const [minBlockBytes, maxBlockBytes] = [4 * 1024, 64 * 1024];

interface Block {
  readonly start: number;
  readonly buffer: Uint8Array;
  used: number;
}

/**
 * One spool's bytes in memory. What the cap is charged is what is really held: a small piece is copied, since it may
 * be a view of a buffer many times its size.
 */
export class HeldBytes {
  readonly #cap: MemoryCap;
  readonly #maxBytes: number;
  #blocks: Block[] = [];
  #chargedBytes = 0;
  #size = 0;

  /** `maxBytes`: how much of the shared memory this one may take. */
  constructor(cap: MemoryCap, maxBytes: number) {
    this.#cap = cap;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#size;
  }

  /** False where there is no room; then nothing was added. */
  add(piece: Uint8Array): boolean {
    const isWhole = piece.byteLength === piece.buffer.byteLength;
    const added = isWhole && piece.length >= keptPieceBytes ? this.#keep(piece) : this.#copy(piece);
    if (added) this.#size += piece.length;
    return added;
  }

  /** The bytes from `position` to the end of the buffer they are in. */
  at(position: number): Uint8Array {
    const block = this.#blocks.findLast(({ start }) => start <= position);
    return block?.buffer.subarray(position - block.start, block.used) ?? new Uint8Array();
  }

  release(): void {
    this.#blocks = [];
    this.#cap.give(this.#chargedBytes);
    this.#chargedBytes = 0;
  }

  #keep(piece: Uint8Array): boolean {
    if (!this.#charge(piece.length)) return false;
    this.#blocks.push({ start: this.#size, buffer: piece, used: piece.length });
    return true;
  }

  #copy(piece: Uint8Array): boolean {
    const last = this.#blocks.at(-1);
    const fitting = Math.min(piece.length, last ? last.buffer.length - last.used : 0);
    const rest = piece.subarray(fitting);
    if (rest.length > 0) {
      const capacity = Math.max(rest.length, Math.min(maxBlockBytes, Math.max(minBlockBytes, this.#size)));
      if (!this.#charge(capacity)) return false;
      const buffer = new Uint8Array(capacity);
      buffer.set(rest);
      this.#blocks.push({ start: this.#size + fitting, buffer, used: rest.length });
    }
    if (last && fitting > 0) {
      last.buffer.set(piece.subarray(0, fitting), last.used);
      last.used += fitting;
    }
    return true;
  }

  #charge(bytes: number): boolean {
    if (this.#chargedBytes + bytes > this.#maxBytes || !this.#cap.take(bytes)) return false;
    this.#chargedBytes += bytes;
    return true;
  }
}
