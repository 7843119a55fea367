import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bytes, toBinary } from '../../../core/bytes.ts';
import { RetouchError } from '../../../core/errors.ts';
import { createFrameReader, toMessage } from '../frames.ts';
import { type ChildOptions, type JobMessage, type Reply, replySchema } from '../protocol.ts';
import type { RenderLimits } from '../render.ts';
import type { RenderedImage, RenderJob } from '../render-job.ts';
import { toCrash, toInternalFault, toTimeout } from './faults.ts';
import { spawnChild } from './spawn-child.ts';

/** The parent's side of one child process. */
export interface Worker {
  readonly processId: number | undefined;
  /** Resolves, with why, when the process is gone. */
  readonly gone: Promise<string>;
  /** Whether it has started and can take jobs. */
  isReady(): boolean;
  isAlive(): boolean;
  /**
   * Does one job; never two at a time. The process ends when the job does not: at the signal, after `timeoutMs`.
   * @throws RetouchError; the signal's reason
   */
  run(job: RenderJob, timeoutMs: number): Promise<RenderedImage>;
  kill(): void;
}

/** How long a process that broke off may take to be gone, to tell a crash from other faults. */
const crashMs = 1_000;

export function openWorker(options: ChildOptions, limits: RenderLimits): Worker {
  const child = spawnChild(options);
  const reader = createFrameReader(child.stdout);
  const readReply = async (): Promise<Reply> => replySchema.parse(await reader.readMessage());
  const readComplaints = keepTail(child.stderr);
  let isAlive = true;
  let isReady = false;

  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`the process ended with ${signal ?? `code ${code}`}`));
  }).then((reason) => {
    isAlive = false;
    return `${reason}; ${readComplaints()}`;
  });
  // A broken pipe shows where the reply is awaited.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  const ready = readReply().then((reply) => {
    isReady = reply.kind === 'ready';
  });
  ready.catch(() => {});

  function kill(): void {
    isAlive = false;
    child.kill('SIGKILL');
  }

  async function exchange(job: RenderJob, signal: AbortSignal): Promise<RenderedImage> {
    const image = await toBinary(job.image);
    const mask = job.mask && (await toBinary(job.mask));
    const original = job.original && (await toBinary(job.original));
    await ready;
    await pipeline(toPieces(job, { image, mask, original }, limits), child.stdin, { end: false, signal });
    const reply = await readReply();
    if (reply.kind === 'refused') {
      const { param, detail } = reply;
      throw new Refusal(reply.code, reply.message, {
        ...(param === undefined ? {} : { param }),
        cause: detail,
      });
    }
    if (reply.kind !== 'rendered') throw new Error(`unexpected reply: ${reply.kind}`);
    const spool = job.openSpool();
    try {
      for await (const piece of reader.readBytes(reply.byteLength)) await spool.write(piece);
    } catch (error) {
      await spool.release();
      throw error;
    }
    const { width, height, hasAlpha, format } = reply;
    return { width, height, hasAlpha, format, content: { encoding: 'binary', bytes: spool } };
  }

  async function explain(error: unknown, name: string): Promise<unknown> {
    if (error instanceof RetouchError) return error;
    const reason = await Promise.race([gone, delay(crashMs, undefined, { ref: false })]);
    if (reason === undefined) return toInternalFault(error);
    return isReady ? toCrash(name, reason) : toInternalFault(reason);
  }

  return {
    processId: child.pid,
    gone,
    isReady: () => isReady,
    isAlive: () => isAlive,
    kill,
    async run(job, timeoutMs) {
      const name = job.imageName ?? 'image';
      const clock = new AbortController();
      const timer = setTimeout(() => clock.abort(toTimeout(name, timeoutMs)), timeoutMs);
      const signal = AbortSignal.any([job.signal, clock.signal]);
      try {
        return await unlessAborted(exchange(job, signal), signal);
      } catch (error) {
        const fault = signal.aborted ? signal.reason : await explain(error, name);
        if (!(error instanceof Refusal) || error.code === 'image_too_complex') kill();
        throw fault;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The child's own answer that it will not do a job. The process is sound and may take the next one. */
class Refusal extends RetouchError {}

async function* toPieces(
  job: RenderJob,
  { image, mask, original }: { image: Bytes; mask: Bytes | undefined; original: Bytes | undefined },
  limits: RenderLimits,
): AsyncGenerator<Uint8Array> {
  const message: JobMessage = {
    image: { name: job.imageName ?? 'image', byteLength: image.size },
    ...(mask && { mask: { name: 'mask', byteLength: mask.size } }),
    ...(original && { original: { name: 'image', byteLength: original.size } }),
    recipe: job.recipe,
    limits,
  };
  yield toMessage(message);
  for (const bytes of [image, mask, original]) if (bytes) yield* bytes.read();
}

/** Settles as `work` does, but does not wait for it once the signal is aborted. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Reads a stream to its end and keeps what was said last, for the log. */
function keepTail(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2_000);
  });
  return () => (tail === '' ? 'it said nothing' : `it said: ${tail.trim()}`);
}
