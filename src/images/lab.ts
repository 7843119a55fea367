import { availableParallelism } from 'node:os';
import { toBusy, toStopping } from './lab/pool/faults.ts';
import { createSlots } from './lab/pool/slots.ts';
import { openWorker, type Worker } from './lab/pool/worker.ts';
import type { RenderedImage, RenderJob } from './lab/render-job.ts';
import type { ImageLimits } from './measure.ts';

/** Where pictures are decoded: child processes that hold no secrets. */
export interface Lab {
  /**
   * @throws RetouchError invalid_image_file, image_too_complex, invalid_value, mask_not_supported, server_busy ...
   * @throws the signal's reason, when it is aborted
   */
  render(job: RenderJob): Promise<RenderedImage>;
  /** Ends all child processes; jobs under way fail with server_stopping. */
  close(): Promise<void>;
  /** Of the child processes that are alive. */
  processIds(): number[];
}

export interface LabOptions extends ImageLimits {
  maxProcesses: number;
  /** For one job, from its first byte to its last. */
  timeoutMs: number;
  /** For one process. */
  memoryBytes: number;
  /** How many jobs may wait for a process. */
  maxQueued?: number;
  /** How long a process without work is kept. */
  idleMs?: number;
}

const maxThreads = 4;
const busyRetryMs = 2_000;
const maxPauseMs = 10_000;

/** A pool of child processes, each started when it is first needed. */
export function createLab(options: LabOptions): Lab {
  const { maxProcesses, timeoutMs, maxQueued = 100, idleMs = 60_000, ...limits } = options;
  const threads = Math.min(maxThreads, availableParallelism());
  const slots = createSlots(maxProcesses, maxQueued, () => toBusy(busyRetryMs));
  const closing = new AbortController();
  const workers = new Set<Worker>();
  const idle = new Map<Worker, NodeJS.Timeout>();
  let failedStarts = 0;
  let noStartBeforeMs = 0;

  function open(): Worker {
    const pauseMs = noStartBeforeMs - Date.now();
    if (pauseMs > 0) throw toBusy(pauseMs);
    const worker = openWorker({ memoryBytes: limits.memoryBytes, threads }, limits);
    workers.add(worker);
    void worker.gone.then(() => {
      workers.delete(worker);
      clearTimeout(idle.get(worker));
      idle.delete(worker);
    });
    return worker;
  }

  /** The one used last, whose memory is warm, or a new one. */
  function take(): Worker {
    const worker = [...idle.keys()].at(-1);
    if (worker === undefined) return open();
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

  /** A child that cannot start is tried again ever more seldom. */
  function noteStart(worker: Worker): void {
    failedStarts = worker.isReady() ? 0 : failedStarts + 1;
    const pauseMs = Math.min(maxPauseMs, 50 * 2 ** failedStarts);
    noStartBeforeMs = failedStarts === 0 ? 0 : Date.now() + pauseMs;
  }

  async function run(worker: Worker, job: RenderJob): Promise<RenderedImage> {
    try {
      return await worker.run(job, timeoutMs);
    } finally {
      if (!job.signal.aborted) noteStart(worker);
    }
  }

  return {
    async render(job) {
      const signal = AbortSignal.any([job.signal, closing.signal]);
      const release = await slots.acquire(signal);
      let worker: Worker | undefined;
      try {
        worker = take();
        return await run(worker, { ...job, signal });
      } finally {
        if (worker === undefined) release();
        else putBack(worker, release);
      }
    },
    async close() {
      closing.abort(toStopping());
      for (const worker of workers) worker.kill();
      await Promise.all([...workers].map((worker) => worker.gone));
    },
    processIds: () => [...workers].flatMap(({ processId }) => processId ?? []),
  };
}
