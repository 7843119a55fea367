import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createSlots } from '../core/slots.ts';
import { toStopping } from '../core/stopping.ts';
import { checkMemory, type JobOutline } from './lab/check-memory.ts';
import { KilledFault, toBusy, toInternalFault } from './lab/pool/faults.ts';
import { unlessAborted } from './lab/pool/unless-aborted.ts';
import { openWorker, type Worker } from './lab/pool/worker.ts';
import type { RenderedImage, RenderJob } from './lab/render-job.ts';
import { toTimeLimitMs } from './lab/time-limit.ts';
import type { ImageLimits } from './measure.ts';

/** Where pictures are decoded: child processes that hold no secrets. */
export interface Lab {
  /**
   * @throws RetouchError invalid_image_file, image_too_complex, invalid_value, mask_not_supported, server_busy ...
   * @throws the signal's reason, when it is aborted
   */
  render(job: RenderJob): Promise<RenderedImage>;
  /** Refuses what would be refused for its headers, before it is there. @throws RetouchError image_too_complex */
  checkMemory(outline: JobOutline): void;
  /** Ends all child processes; jobs under way fail with server_stopping. */
  close(): Promise<void>;
  /** Of the child processes that are alive. */
  processIds(): number[];
}

export interface LabOptions extends ImageLimits {
  maxProcesses: number;
  /** For one job, from its first byte to its last; `paidPatience` times as long where it has been paid for. */
  timeoutMs: number;
  /** For one process. */
  memoryBytes: number;
  /** How many jobs may wait for a process. */
  maxQueued?: number;
  /** How long a process without work is kept. */
  idleMs?: number;
}

const maxThreads = 4;
const maxStarts = 3;
const pauseMs = 100;
const busyRetryMs = 2_000;

/** A pool of child processes, each started when it is first needed. */
export function createLab(options: LabOptions): Lab {
  const { maxProcesses, timeoutMs, maxQueued = 100, idleMs = 60_000, ...limits } = options;
  const childOptions = {
    memoryBytes: limits.memoryBytes,
    threads: Math.min(maxThreads, availableParallelism()),
  };
  const slots = createSlots(maxProcesses, maxQueued, () => toBusy(busyRetryMs));
  const closing = new AbortController();
  const workers = new Set<Worker>();
  const idle = new Map<Worker, NodeJS.Timeout>();

  function open(): Worker {
    const worker = openWorker(childOptions, limits);
    workers.add(worker);
    void worker.gone.then(() => {
      workers.delete(worker);
      clearTimeout(idle.get(worker));
      idle.delete(worker);
    });
    return worker;
  }

  /** A child that dies before it can work is no fault of the picture: another is tried, after a pause. */
  async function start(signal: AbortSignal, starts = 1): Promise<Worker> {
    const worker = open();
    try {
      await unlessAborted(worker.ready, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      return worker;
    } catch (cause) {
      worker.kill();
      signal.throwIfAborted();
      if (starts === maxStarts) throw toInternalFault(new Error((await worker.gone).reason, { cause }));
    }
    await unlessAborted(delay(pauseMs * starts), signal);
    return start(signal, starts + 1);
  }

  /** The child that worked last, for its memory is warm. */
  function takeIdle(): Worker | undefined {
    const worker = [...idle.keys()].at(-1);
    if (worker === undefined) return undefined;
    clearTimeout(idle.get(worker));
    idle.delete(worker);
    return worker;
  }

  /** The place is given back when no process holds memory for it any more. */
  function putBack(worker: Worker, release: () => void): void {
    if (!worker.isAlive()) return void worker.gone.then(release);
    idle.set(worker, setTimeout(() => worker.kill(), idleMs).unref());
    release();
  }

  async function renderOnce(job: RenderJob): Promise<RenderedImage> {
    const signal = AbortSignal.any([job.signal, closing.signal]);
    const release = await slots.acquire(signal);
    let worker: Worker;
    try {
      worker = takeIdle() ?? (await start(signal));
    } catch (error) {
      release();
      throw error;
    }
    try {
      return await worker.run({ ...job, signal }, toTimeLimitMs(job, timeoutMs));
    } finally {
      putBack(worker, release);
    }
  }

  return {
    // A child that was killed may have been dying before it got the job: another one has a try.
    render: (job) =>
      renderOnce(job).catch((error) => {
        if (error instanceof KilledFault) return renderOnce(job);
        throw error;
      }),
    checkMemory: (outline) => checkMemory(outline, limits.memoryBytes),
    async close() {
      closing.abort(toStopping());
      for (const worker of workers) worker.kill();
      await Promise.all([...workers].map((worker) => worker.gone));
    },
    processIds: () => [...workers].flatMap(({ processId }) => processId ?? []),
  };
}
