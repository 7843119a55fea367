/** Memory that all requests share. */
export interface MemoryCap {
  readonly usedBytes: number;
  /** False, and nothing is taken, where it would go above the cap. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createMemoryCap(maxBytes: number): MemoryCap {
  let usedBytes = 0;
  return {
    get usedBytes() {
      return usedBytes;
    },
    take(bytes) {
      if (usedBytes + bytes > maxBytes) return false;
      usedBytes += bytes;
      return true;
    },
    give(bytes) {
      usedBytes -= bytes;
    },
  };
}
