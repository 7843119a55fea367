/**
 * The process that decodes pictures. It has no secrets, no network and no file to write: one job at a time comes in
 * by stdin and goes out by stdout.
 */
import { RetouchError } from '../../core/errors.ts';
import { isOutOfMemory, type Picture, prepareDecoders } from './decode.ts';
import { createFrameReader, toMessage } from './frames.ts';
import type { ChildOptions, JobMessage, Reply } from './protocol.ts';
import { channels, freeRasters } from './raster.ts';
import { type Pictures, render } from './render.ts';

const { memoryBytes, threads } = JSON.parse(process.argv[2] ?? '') as ChildOptions;

/** At once: an ordinary exit would wait for libvips to finish what it is doing. */
const leave = (): boolean => process.kill(process.pid, 'SIGKILL');

/** Ends as an allocation that fails does: by another signal than the system's, when the machine itself has no memory left. */
function watchMemory(): void {
  setInterval(() => {
    if (process.memoryUsage.rss() > memoryBytes) process.kill(process.pid, 'SIGABRT');
  }, 50).unref();
}

async function serve(): Promise<void> {
  const reader = createFrameReader(process.stdin);
  // Asked for the next job while still at this one, so that the parent's end is noticed in the middle of it.
  const readJob = (): Promise<JobMessage> => {
    const job = reader.readMessage();
    job.catch(leave);
    return job as Promise<JobMessage>;
  };
  send({ kind: 'ready' });
  for (let next = readJob(); ; ) {
    const job = await next;
    const image = await collect(job.image.name, job.image.byteLength);
    const mask = job.mask && (await collect(job.mask.name, job.mask.byteLength));
    const original = job.original && (await collect(job.original.name, job.original.byteLength));
    next = readJob();
    await answer(job, { image, mask, original });
  }

  async function collect(name: string, byteLength: number): Promise<Picture> {
    const bytes = Buffer.allocUnsafeSlow(byteLength);
    let at = 0;
    for await (const piece of reader.readBytes(byteLength)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return { name, bytes };
  }
}

async function answer(job: JobMessage, pictures: Pictures): Promise<void> {
  try {
    const { data, ...facts } = await render(pictures, job.recipe, job.limits);
    send({ kind: 'rendered', ...facts, byteLength: data.length });
    process.stdout.write(data);
    await freeRasters(facts.width * facts.height * channels);
  } catch (error) {
    send(toRefusal(error, pictures.image.name));
    await freeRasters(Number.POSITIVE_INFINITY);
  }
}

function toRefusal(error: unknown, name: string): Reply {
  const detail = String(error instanceof RetouchError ? error.cause : error).slice(0, 4_000);
  if (error instanceof RetouchError) {
    const { code, message, param } = error;
    return { kind: 'refused', code, message, ...(param === undefined ? {} : { param }), detail };
  }
  if (isOutOfMemory(error)) {
    const message = `Working on ${name} took more memory than this gateway allows. Send a smaller picture.`;
    return { kind: 'refused', code: 'image_too_complex', message, param: name, detail };
  }
  const message = 'The picture could not be edited, by a fault of this gateway.';
  return { kind: 'refused', code: 'internal_error', message, detail };
}

function send(reply: Reply): void {
  process.stdout.write(toMessage(reply));
}

prepareDecoders(threads);
watchMemory();
await serve();
