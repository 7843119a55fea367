import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { createFrameReader, toMessage } from '../frames.ts';
import { type ChildOptions, type JobMessage, type Reply, replySchema } from '../protocol.ts';
import { spawnChild } from './spawn-child.ts';

/** A child process and the pipes to it. Every wait on it ends when the process does. */
export interface Link {
  readonly processId: number | undefined;
  /** Resolves when the child can take its first job; rejects when it never will. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<Departure>;
  isAlive(): boolean;
  /** Sends a job, and then the bytes that belong to it, as fast as the child takes them. */
  send(job: JobMessage, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  readReply(): Promise<Reply>;
  /** The bytes that follow a reply. */
  readBytes(length: number): AsyncIterable<Uint8Array>;
  kill(): void;
}

export interface Departure {
  reason: string;
  /** By SIGKILL, which no child sends itself while its parent lives: the system or an operator ended it. */
  isKilled: boolean;
}

export function openLink(options: ChildOptions): Link {
  const child = spawnChild(options);
  // With no file descriptor left, Node makes a child without pipes; it is gone a moment later.
  const stdin = child.stdin ?? new PassThrough();
  const stdout = child.stdout ?? Readable.from([]);
  const stderr = child.stderr ?? Readable.from([]);
  const reader = createFrameReader(stdout);
  const readComplaints = keepTail(stderr);
  const ended = new AbortController();
  let isAlive = true;

  const gone = new Promise<Departure>((resolve) => {
    child.once('error', ({ message }) => resolve({ reason: message, isKilled: false }));
    child.once('exit', (code, signal) =>
      resolve({
        reason: `the process ended with ${signal ?? `code ${code}`}`,
        isKilled: signal === 'SIGKILL',
      }),
    );
  }).then(({ reason, isKilled }) => {
    isAlive = false;
    ended.abort();
    return { reason: `${reason}; ${readComplaints()}`, isKilled };
  });
  // A broken pipe shows where something is awaited from it.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});

  const readReply = async (): Promise<Reply> => replySchema.parse(await reader.readMessage());
  const ready = readReply().then(() => {});
  // Who awaits it may have given up.
  ready.catch(() => {});

  return {
    processId: child.pid,
    ready,
    gone,
    isAlive: () => isAlive,
    // Not with `pipeline`, which would end the pipe or leave its listeners on it.
    async send(job, bytes, signal) {
      stdin.write(toMessage(job));
      const either = AbortSignal.any([signal, ended.signal]);
      for await (const piece of bytes) {
        if (!stdin.write(piece)) await once(stdin, 'drain', { signal: either });
      }
    },
    readReply,
    readBytes: (length) => reader.readBytes(length),
    kill() {
      isAlive = false;
      child.kill('SIGKILL');
    },
  };
}

/** Reads a stream to its end and keeps what was said last, for the log. */
function keepTail(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2_000);
  });
  return () => (tail === '' ? 'it said nothing' : `it said: ${tail.trim()}`);
}
