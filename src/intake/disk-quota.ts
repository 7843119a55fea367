import { RetouchError } from '../core/errors.ts';

const retryAfterMs = 5_000;

/** Disk that the bodies of all requests share. */
export class DiskQuota {
  readonly #maxBytes: number;
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** @throws RetouchError server_busy, and then nothing is taken */
  take(bytes: number): void {
    if (this.#usedBytes + bytes > this.#maxBytes) {
      const message =
        'The bodies under way fill the disk that this gateway may use. Try again a little later.';
      throw new RetouchError('server_busy', message, { retryAfterMs });
    }
    this.force(bytes);
  }

  /** For what is paid for: it is kept even where that goes above the limit. */
  force(bytes: number): void {
    this.#usedBytes += bytes;
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}
