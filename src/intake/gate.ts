import type { Readable } from 'node:stream';
import { RetouchError } from '../core/errors.ts';

export interface Upload {
  stream: Readable;
  /** Aborted when the caller has gone or its time is over. */
  signal: AbortSignal;
}

export interface UploadLimits {
  maxBytes: number;
  /** A rate floor instead of a total time, so that a large upload over a slow line still succeeds. */
  minBytesPerSecond: number;
  /** How long the rate may stay below the floor. */
  patienceMs: number;
}

/** Small pieces that wait already are joined up to about this length, so that each costs no disk write of its own. */
const joinedBytes = 16 * 1024;

/**
 * Hands on a body piece by piece until its end; the socket waits while `take` is at work. On a fault the rest of the
 * body stays unread: see `drain`.
 * @throws RetouchError request_too_large, upload_too_slow, upload_incomplete; and what `take` throws
 */
export async function receive(
  { stream, signal }: Upload,
  { maxBytes, minBytesPerSecond, patienceMs }: UploadLimits,
  take: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  const reader = new BodyReader(stream, signal);
  const bytesPerMs = minBytesPerSecond / 1000;
  let received = 0;
  // Waiting for the caller uses patience up and bytes buy it back; waiting for our own disk costs none.
  let patience = patienceMs;
  try {
    for (;;) {
      const since = performance.now();
      const piece = await reader.read(minBytesPerSecond === 0 ? undefined : patience);
      if (piece === undefined) return;
      received += piece.length;
      if (received > maxBytes) throw toTooLarge(`more than ${maxBytes} bytes`, maxBytes);
      patience = Math.max(0, patience - (performance.now() - since));
      patience = Math.min(patienceMs, patience + piece.length / bytesPerMs);
      await take(piece);
    }
  } finally {
    reader.close();
  }
}

/** What the headers say is enough to refuse. @throws RetouchError request_too_large */
export function checkDeclaredLength(declared: string | undefined, maxBytes: number): void {
  if (Number(declared ?? 0) > maxBytes) throw toTooLarge(`${declared} bytes`, maxBytes);
}

function toTooLarge(found: string, maxBytes: number): RetouchError {
  return new RetouchError(
    'request_too_large',
    `The body has ${found}; at most ${maxBytes} are accepted. Send fewer or smaller pictures.`,
  );
}

/** A stream's pieces on demand, with everything that can go wrong while waiting for one. */
class BodyReader {
  readonly #stream: Readable;
  readonly #signal: AbortSignal;
  #fault: RetouchError | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(stream: Readable, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    stream.on('readable', this.#wake).on('end', this.#wake);
    stream.on('error', this.#onGone).on('close', this.#onGone);
    // Stays, since a stream that fails later, with nobody listening, would end the process.
    stream.on('error', () => undefined);
    signal.addEventListener('abort', this.#onGone);
    if (stream.destroyed || signal.aborted) this.#onGone();
  }

  /** The next piece; undefined at the end. */
  async read(patienceMs: number | undefined): Promise<Uint8Array | undefined> {
    let timer: NodeJS.Timeout | undefined;
    try {
      for (;;) {
        if (this.#stream.readableEnded) return undefined;
        if (this.#fault) throw this.#fault;
        const piece = this.#readAvailable();
        if (piece) return piece;
        if (patienceMs !== undefined) timer ??= setTimeout(this.#onSlow, patienceMs);
        await this.#changed.promise;
        this.#changed = Promise.withResolvers();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#stream.off('readable', this.#wake).off('end', this.#wake);
    this.#stream.off('error', this.#onGone).off('close', this.#onGone);
    this.#signal.removeEventListener('abort', this.#onGone);
  }

  #readAvailable(): Uint8Array | undefined {
    const pieces: Uint8Array[] = [];
    let length = 0;
    while (length < joinedBytes) {
      const piece: Uint8Array | null = this.#stream.read();
      if (piece === null) break;
      pieces.push(piece);
      length += piece.length;
    }
    return pieces.length > 1 ? Buffer.concat(pieces) : pieces[0];
  }

  readonly #wake = (): void => this.#changed.resolve();

  readonly #onSlow = (): void =>
    this.#fail(
      new RetouchError(
        'upload_too_slow',
        'The body came in too slowly and was given up. Send it over a quicker line, or send less.',
      ),
    );

  readonly #onGone = (): void => {
    // A body that has ended closes too.
    if (this.#stream.readableEnded) return;
    const { reason } = this.#signal;
    const gone = new RetouchError('upload_incomplete', 'The connection ended before the body did.');
    this.#fail(this.#signal.aborted && reason instanceof RetouchError ? reason : gone);
  };

  #fail(fault: RetouchError): void {
    this.#fault ??= fault;
    this.#wake();
  }
}
