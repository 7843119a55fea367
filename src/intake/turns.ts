/** Whose turn it is. */
export interface Turn {
  /** To be told of progress: the quick keep their turn until they are done. */
  earn(bytes: number): void;
  /** May be called more than once. */
  leave(): void;
}

/** What a turn lasts at first, and at most without progress. */
const graceMs = 250;
/** The slower go on without a turn, so that they keep nobody waiting. */
const minBytesPerMs = 4_000;

/** So many at a time, in the order they came. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<Turn> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let endsAt = performance.now() + graceMs;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      clearTimeout(timer);
      this.#pass();
    };
    const leaveIfOver = (): void => {
      const restMs = endsAt - performance.now();
      if (restMs < 1) leave();
      else timer = setTimeout(leaveIfOver, restMs);
    };
    let timer = setTimeout(leaveIfOver, graceMs);
    return {
      earn(bytes) {
        endsAt = Math.min(performance.now() + graceMs, endsAt + bytes / minBytesPerMs);
      },
      leave,
    };
  }

  #pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
