/** A number of places to work, and a line in front of them. */
export interface Slots {
  /**
   * Resolves when a place is free, with what gives it back (calling it again does nothing).
   * @throws the signal's reason; what `refuse` makes when the line is full
   */
  acquire(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(places: number, maxWaiting: number, refuse: () => Error): Slots {
  let free = places;
  const waiting = new Set<() => void>();

  function take(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = waiting;
      if (next === undefined) free += 1;
      else next();
    };
  }

  return {
    async acquire(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return take();
      }
      if (waiting.size >= maxWaiting) throw refuse();
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(enter);
          reject(signal.reason);
        };
        const enter = (): void => {
          waiting.delete(enter);
          signal.removeEventListener('abort', leave);
          resolve(take());
        };
        waiting.add(enter);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
