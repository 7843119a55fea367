import type { ServerResponse } from 'node:http';
import type { Pieces } from '../wire/index.ts';
import { dropStalledReader } from './stalled-readers.ts';
import { writePieces } from './write-pieces.ts';

/** Server-sent events to one caller. Nothing is sent before the first event or the first keep-alive. */
export interface EventStream {
  readonly started: boolean;
  /**
   * Resolves when the caller can take more; at once when the caller has gone.
   * @throws what reading the pieces throws; then the stream is broken off, because half an event cannot be mended
   */
  send(pieces: Pieces): Promise<void>;
  /** Resolves when the caller has everything, or has gone. */
  end(): Promise<void>;
  /** Sends nothing more. Needed where `end` is not reached. */
  close(): void;
}

/**
 * Comments every `keepAliveMs` of silence keep proxies from giving up on a slow edit.
 * @param toHeaders what else is known when the first event goes out; a comment that comes first says nothing of it
 */
export function openEventStream(
  response: ServerResponse,
  { requestId, keepAliveMs }: { requestId: string; keepAliveMs: number },
  toHeaders: () => Record<string, string>,
): EventStream {
  let queue: Promise<void> = Promise.resolve();
  const comment = (): void => void write([': keep-alive\n\n'], () => ({})).catch(() => undefined);
  const keepAlive = setInterval(comment, keepAliveMs);
  const close = (): void => clearInterval(keepAlive);
  const closed = new Promise<void>((resolve) => {
    if (response.destroyed) resolve();
    response.once('close', resolve);
  });
  void closed.then(close);

  function write(pieces: Pieces, toFirstHeaders: () => Record<string, string>): Promise<void> {
    const sent = queue.then(async () => {
      if (response.writableEnded || response.destroyed) return;
      start(response, requestId, toFirstHeaders);
      await writePieces(response, pieces);
    });
    queue = sent.catch(() => undefined);
    keepAlive.refresh();
    return sent;
  }

  return {
    get started() {
      return response.headersSent;
    },
    send: (pieces) => write(pieces, toHeaders),
    end() {
      close();
      void queue.then(() => response.end());
      return closed;
    },
    close,
  };
}

function start(response: ServerResponse, requestId: string, toHeaders: () => Record<string, string>): void {
  if (response.headersSent) return;
  dropStalledReader(response);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    // nginx would hold back events until its buffer is full.
    'x-accel-buffering': 'no',
    'x-request-id': requestId,
    ...toHeaders(),
  });
}
