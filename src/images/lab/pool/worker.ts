import { setTimeout as delay } from 'node:timers/promises';
import { type Bytes, toBinary } from '../../../core/bytes.ts';
import { RetouchError } from '../../../core/errors.ts';
import type { ChildOptions, JobMessage } from '../protocol.ts';
import type { RenderLimits } from '../render.ts';
import type { RenderedImage, RenderJob } from '../render-job.ts';
import { KilledFault, toCrash, toInternalFault, toTimeout } from './faults.ts';
import { type Link, openLink } from './link.ts';
import { unlessAborted } from './unless-aborted.ts';

/** The parent's side of one child process, seen as someone who does jobs. */
export interface Worker extends Pick<Link, 'processId' | 'ready' | 'gone' | 'isAlive' | 'kill'> {
  /**
   * Does one job, when it is ready; never two at a time. A job that is given up, or breaks off, takes its process with it.
   * @throws RetouchError; the signal's reason
   */
  run(job: RenderJob, timeoutMs: number): Promise<RenderedImage>;
}

/** How long a process that broke off may take to be gone, to tell a crash from other faults. */
const crashMs = 1_000;

export function openWorker(options: ChildOptions, limits: RenderLimits): Worker {
  const link = openLink(options);

  async function explain(error: unknown, name: string): Promise<RetouchError> {
    if (error instanceof RetouchError) return error;
    const departure = await Promise.race([link.gone, delay(crashMs, undefined, { ref: false })]);
    if (departure === undefined) return toInternalFault(error);
    return departure.isKilled ? new KilledFault(name, departure.reason) : toCrash(name, departure.reason);
  }

  return {
    ...link,
    async run(job, timeoutMs) {
      const name = toName(job);
      const clock = new AbortController();
      const timer = setTimeout(() => clock.abort(toTimeout(name, timeoutMs)), timeoutMs);
      const signal = AbortSignal.any([job.signal, clock.signal]);
      try {
        return await unlessAborted(exchange(link, job, limits, signal), signal);
      } catch (error) {
        const fault = signal.aborted ? signal.reason : await explain(error, name);
        if (!isHarmless(error)) link.kill();
        throw fault;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const toName = (job: RenderJob): string => job.imageName ?? 'image';

/** The child's own answer that it will not do a job. */
class Refusal extends RetouchError {}

/** Whether the process is sound. One whose memory ran short once is not trusted with the next job. */
function isHarmless(error: unknown): boolean {
  return error instanceof Refusal && error.code !== 'image_too_complex';
}

async function exchange(
  link: Link,
  job: RenderJob,
  limits: RenderLimits,
  signal: AbortSignal,
): Promise<RenderedImage> {
  const image = await toBinary(job.image);
  const mask = job.mask && (await toBinary(job.mask));
  const original = job.original && (await toBinary(job.original));
  const message: JobMessage = {
    image: { name: toName(job), byteLength: image.size },
    ...(mask && { mask: { name: 'mask', byteLength: mask.size } }),
    ...(original && { original: { name: 'image', byteLength: original.size } }),
    recipe: job.recipe,
    limits: job.isPaid ? { ...limits, memoryBytes: undefined } : limits,
  };
  await link.send(message, readAfterOneAnother([image, mask, original]), signal);
  const reply = await link.readReply();
  if (reply.kind === 'ready') throw new Error('the child said "ready" to a job');
  if (reply.kind === 'refused') {
    const param = reply.param === undefined ? {} : { param: reply.param };
    throw new Refusal(reply.code, reply.message, { ...param, cause: reply.detail });
  }
  const { width, height, hasAlpha, format, unkept } = reply;
  const bytes = await store(link.readBytes(reply.byteLength), job);
  return { content: { encoding: 'binary', bytes }, width, height, hasAlpha, format, unkept };
}

async function* readAfterOneAnother(all: readonly (Bytes | undefined)[]): AsyncGenerator<Uint8Array> {
  for (const bytes of all) if (bytes) yield* bytes.read();
}

async function store(pieces: AsyncIterable<Uint8Array>, { openSpool }: RenderJob): Promise<Bytes> {
  const spool = openSpool();
  try {
    for await (const piece of pieces) await spool.write(piece);
    return spool;
  } catch (error) {
    await spool.release();
    throw error;
  }
}
