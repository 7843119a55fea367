/** Longer than a quick one needs; a slow one goes on without, so that it keeps nobody waiting. */
const turnMs = 250;

/** So many at a time, in the order they came, each for a moment. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves when it is the caller's turn, with what ends it; that may be called more than once. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      clearTimeout(timer);
      this.#pass();
    };
    const timer = setTimeout(leave, turnMs);
    return leave;
  }

  #pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
