/** Milliseconds since 1970. Handed in, so that a test can say what day it is. */
export type Clock = () => number;

/** Today's date in UTC as `YYYY-MM-DD`, comparable as text with a model's `retiredOn`. */
export function toDate(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
