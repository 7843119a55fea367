import type { ServerResponse } from 'node:http';
import { type Pieces, readPieces } from '../wire/index.ts';

/** Server-sent events to one caller. Nothing is sent before the first event or the first keep-alive. */
export interface EventStream {
  readonly started: boolean;
  /** Sent with the first byte; later calls have no effect once the stream has started. */
  setHeaders(headers: Record<string, string>): void;
  /** Resolves when the caller can take more; at once when the caller has gone. */
  send(pieces: Pieces): Promise<void>;
  end(): void;
}

/** Comments every `keepAliveMs` of silence keep proxies from giving up on a slow edit. */
export function openEventStream(response: ServerResponse, keepAliveMs: number): EventStream {
  const headers: Record<string, string> = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    // nginx would hold back events until its buffer is full.
    'x-accel-buffering': 'no',
  };
  let queue: Promise<void> = Promise.resolve();
  const start = (): void => {
    if (!response.headersSent) response.writeHead(200, headers);
  };
  const keepAlive = setInterval(() => {
    if (response.writableEnded || response.destroyed) return;
    queue = queue.then(() => {
      start();
      response.write(': keep-alive\n\n');
    });
  }, keepAliveMs);
  response.once('close', () => clearInterval(keepAlive));
  return {
    get started() {
      return response.headersSent;
    },
    setHeaders: (more) => void Object.assign(headers, more),
    send(pieces) {
      const sent = queue.then(() => {
        start();
        return write(response, pieces);
      });
      queue = sent.catch(() => undefined);
      keepAlive.refresh();
      return sent;
    },
    end() {
      clearInterval(keepAlive);
      void queue.then(() => response.end());
    },
  };
}

async function write(response: ServerResponse, pieces: Pieces): Promise<void> {
  for await (const piece of readPieces(pieces)) {
    if (response.destroyed) return;
    if (response.write(piece)) continue;
    await canTakeMore(response);
  }
}

function canTakeMore(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
