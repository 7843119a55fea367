import type { RenderJob } from './render-job.ts';

/**
 * How many times as long a job may take that finishes what has been paid for: given up, it is lost, and who has waited for
 * a model waits for that too. The largest masked WebP takes half of the usual 20 s on a machine that is not busy.
 */
const paidPatience = 5;

export function toTimeLimitMs({ isPaid }: Pick<RenderJob, 'isPaid'>, timeoutMs: number): number {
  return isPaid ? timeoutMs * paidPatience : timeoutMs;
}
