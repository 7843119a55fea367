import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into a server with `--import`: watches its event loop. On SIGUSR2 it writes what it saw into the file named
 * by BENCH_PROBE_FILE and begins anew.
 */
export interface LoopReport {
  /** The longest that anything waited for the loop, also because other programs had the core. */
  longestWaitMs: number;
  /** The longest that the loop's own thread was at work without looking up. */
  longestWorkMs: number;
}

const file = process.env.BENCH_PROBE_FILE;
if (file !== undefined && isMainThread) watch(file);

function watch(path: string): void {
  const waits = monitorEventLoopDelay({ resolution: 1 });
  waits.enable();
  let usedBefore = process.threadCpuUsage();
  let longestWorkMs = 0;
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(usedBefore);
    usedBefore = process.threadCpuUsage();
    longestWorkMs = Math.max(longestWorkMs, (user + system) / 1000);
  };
  setInterval(look, 1).unref();
  process.on('SIGUSR2', () => {
    look();
    writeFileSync(
      path,
      JSON.stringify({ longestWaitMs: waits.max / 1e6, longestWorkMs } satisfies LoopReport),
    );
    waits.reset();
    longestWorkMs = 0;
  });
}
