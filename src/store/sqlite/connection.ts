import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { toCompiledEnvironment } from './compiled.ts';
import { toError, toStorageFault } from './fault.ts';
import type { Order, Outcome, StatementResult, Unit } from './messages.ts';

interface Job {
  unit: Unit;
  resolve(results: StatementResult[]): void;
  reject(error: unknown): void;
}

/**
 * SQLite in its own thread. Units that come within one turn of the event loop, or while a commit is under way,
 * are committed together; a promise resolves when its unit is safely on the disk.
 * A thread that dies fails what it was doing and is replaced for what comes next.
 */
export class SqliteConnection {
  readonly #path: string;
  readonly #thread: URL;
  #worker: Worker | undefined;
  #waiting: Job[] = [];
  #running: Job[] = [];
  #scheduled = false;
  #closing: Promise<void> | undefined;

  constructor(path: string, thread: URL = new URL('./worker.ts', import.meta.url)) {
    this.#path = path;
    this.#thread = thread;
  }

  /**
   * @throws RetouchError storage_unavailable when the database cannot be used; then nothing of the unit was
   * done, except that nobody knows when the thread died; ConstraintViolation
   */
  run(unit: Unit): Promise<StatementResult[]> {
    if (this.#closing) return Promise.reject(toStorageFault('it is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unit, resolve, reject });
      this.#schedule();
    });
  }

  /** Ends when everything asked for before is done. */
  close(): Promise<void> {
    this.#closing ??= this.#stop(this.run([]));
    return this.#closing;
  }

  async #stop(drained: Promise<unknown>): Promise<void> {
    await drained.catch(() => undefined); // those who asked have been told
    if (!this.#worker) return;
    const exit = once(this.#worker, 'exit');
    this.#worker.postMessage('close' satisfies Order);
    await exit;
  }

  #schedule(): void {
    if (this.#scheduled || this.#running.length > 0 || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => this.#send());
  }

  #send(): void {
    this.#scheduled = false;
    this.#running = this.#waiting;
    this.#waiting = [];
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage(this.#running.map((job) => job.unit) satisfies Order);
    } catch (error) {
      this.#fail(error);
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#thread, {
      name: 'store',
      workerData: { path: this.#path },
      env: toCompiledEnvironment(),
      execArgv: [],
    });
    let cause: unknown;
    worker.on('message', (outcomes: Outcome[]) => this.#finish(outcomes));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#fail(toStorageFault('its thread ended', cause));
    });
    return worker;
  }

  #finish(outcomes: Outcome[]): void {
    const jobs = this.#running;
    this.#running = [];
    outcomes.forEach((outcome, index) => {
      if ('failure' in outcome) jobs[index]?.reject(toError(outcome.failure));
      else jobs[index]?.resolve(outcome.results);
    });
    this.#schedule();
  }

  #fail(error: unknown): void {
    const jobs = this.#running;
    this.#running = [];
    for (const job of jobs) job.reject(error);
    this.#schedule();
  }
}
