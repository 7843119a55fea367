import type { Turn } from '../core/bytes.ts';

/** Who does not get on within this time, because the other side is slow, must not keep others waiting. */
const patienceMs = 1_000;

/** So many at a time, in the order they came. Those who lost a turn go on without one. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<Turn> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      clearTimeout(timer);
      this.#pass();
    };
    const timer = setTimeout(leave, patienceMs);
    return { keep: () => void (left || timer.refresh()), leave };
  }

  #pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
