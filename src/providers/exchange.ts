import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { describeCause, TransportFault, type TransportPhase } from './transport-fault.ts';

export interface Limits {
  /** From the last byte sent to the answer's headers. */
  headersTimeoutMs: number;
  /** Between two pieces, in either direction, while the other side is the one to act. */
  idleTimeoutMs: number;
  totalTimeoutMs: number;
  maxResponseBytes: number;
}

export interface OutgoingBody {
  /** Becomes Content-Length. */
  size: number;
  pieces: AsyncIterable<Uint8Array>;
}

export interface OutgoingRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: OutgoingBody;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** To be read once. Whoever leaves early ends the connection, unless the answer ends then by itself. */
  pieces: AsyncIterable<Uint8Array>;
}

/** A reader that is slower than the connection is waited for. */
const maxWaitingBytes = 32_768;
/** What comes after the reader has left: so much, and so long, costs less than the next connection. */
const maxLeftoverBytes = 65_536;
const leftoverTimeoutMs = 500;

/** One request and its answer: keeps the time, counts the bytes and knows how far it got. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<Answer>;
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body: Readable | null;
  ended = false;

  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  readonly #total: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #phase: TransportPhase = 'not-sent';
  #failure: unknown;
  #resolve!: (answer: Answer) => void;
  #reject!: (error: unknown) => void;
  /** Pieces that came and were not read yet. */
  readonly #pieces: Uint8Array[] = [];
  #waitingBytes = 0;
  /** As Content-Length says. */
  #declaredBytes: number | undefined;
  #receivedBytes = 0;
  #wake: (() => void) | undefined;
  /** Since the reader left; undefined: it is there. */
  #leftoverBytes: number | undefined;

  constructor({ method, headers, body, signal }: OutgoingRequest, limits: Limits) {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.method = method;
    this.headers = { ...headers, 'accept-encoding': 'identity' };
    if (body) this.headers['content-length'] = String(body.size);
    // Undici takes any async iterable, though its types say less; a Readable would fetch a piece ahead.
    this.body = body ? (this.#send(body.pieces) as unknown as Readable) : null;
    this.#limits = limits;
    this.#signal = signal;
    this.#total = setTimeout(() => {
      this.#fail(`it took longer than ${limits.totalTimeoutMs} ms in all`);
    }, limits.totalTimeoutMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (!this.body) this.#phase = 'sent';
    this.#expect(this.#limits.idleTimeoutMs, 'took no bytes');
    if (this.ended) controller.abort(this.#failure as Error);
  }

  onBodySent(): void {
    if (this.#phase === 'not-sent') this.#phase = 'sent';
    this.#timer?.refresh();
  }

  onRequestSent(): void {
    if (this.#phase === 'sent') this.#expect(this.#limits.headersTimeoutMs, 'did not answer');
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#phase = 'answered';
    clearTimeout(this.#timer);
    const joined = joinRepeated(headers);
    const { 'content-length': length, 'content-encoding': encoding = 'identity' } = joined;
    if (length !== undefined) this.#declaredBytes = Number(length);
    this.#resolve({ status, headers: joined, pieces: this.#receive() });
    if (encoding !== 'identity') this.#fail('the answer is compressed, which was not asked for');
    if ((this.#declaredBytes ?? 0) > this.#limits.maxResponseBytes) this.#failForSize();
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Uint8Array): void {
    // After a pause the parser reports the place where it stopped as an empty piece.
    if (piece.length === 0) return;
    if (this.#leftoverBytes !== undefined) {
      this.#dropLeftover(piece.length);
      return;
    }
    this.#receivedBytes += piece.length;
    this.#waitingBytes += piece.length;
    this.#pieces.push(piece);
    // Not after the last piece: undici takes a connection closed during a pause for an answer cut off.
    const isLast = this.#receivedBytes === this.#declaredBytes;
    if (this.#waitingBytes >= maxWaitingBytes && !isLast) controller.pause();
    if (this.#receivedBytes > this.#limits.maxResponseBytes) this.#failForSize();
    this.#wake?.();
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: unknown, error: unknown): void {
    if (!this.ended) this.#end(new TransportFault(this.#phase, describeCause(error), error));
  }

  /** Hands the body on; its own errors are kept apart from those of the connection. */
  async *#send(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces;
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  async *#receive(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        this.#waitingBytes -= piece?.length ?? 0;
        if (piece) yield piece;
        else if (this.#failure !== undefined) throw this.#failure;
        else if (this.ended) return;
        else await this.#nextPiece();
      }
    } finally {
      if (!this.ended) this.#letEnd();
    }
  }

  #letEnd(): void {
    this.#dropLeftover(this.#waitingBytes);
    this.#pieces.length = 0;
    this.#expect(leftoverTimeoutMs, 'did not end');
    this.#controller?.resume();
  }

  #dropLeftover(bytes: number): void {
    this.#leftoverBytes = (this.#leftoverBytes ?? 0) + bytes;
    if (this.#leftoverBytes > maxLeftoverBytes) this.#fail('the rest of the answer was not wanted');
  }

  async #nextPiece(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#expect(this.#limits.idleTimeoutMs, 'sent nothing more');
    this.#controller?.resume();
    await promise;
    clearTimeout(this.#timer);
  }

  /** Fails unless the other side acts in time. */
  #expect(timeoutMs: number, omission: string): void {
    clearTimeout(this.#timer);
    if (this.ended) return;
    this.#timer = setTimeout(() => this.#fail(`it ${omission} for ${timeoutMs} ms`), timeoutMs);
  }

  readonly #onAbort = (): void => {
    const { reason } = this.#signal;
    const isTimeout = reason instanceof DOMException && reason.name === 'TimeoutError';
    this.#fail(isTimeout ? 'its time was up' : 'the call was cancelled', reason);
  };

  #failForSize(): void {
    this.#fail(`the answer is longer than ${this.#limits.maxResponseBytes} bytes`);
  }

  #fail(clause: string, cause?: unknown): void {
    if (this.ended) return;
    const fault = new TransportFault(this.#phase, clause, cause);
    this.#end(fault);
    this.#controller?.abort(fault);
  }

  #end(failure?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.#failure = failure;
    clearTimeout(this.#total);
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (failure !== undefined) this.#reject(failure);
    this.#wake?.();
  }
}

function joinRepeated(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = Object.create(null);
  for (const [name, value = ''] of Object.entries(headers)) {
    joined[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}
