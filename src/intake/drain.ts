import type { Readable } from 'node:stream';

export interface DrainLimits {
  maxBytes: number;
  maxMs: number;
}

/**
 * Throws away what a caller still sends after its request was refused. To close at once would reset the connection,
 * and most callers would see that instead of the answer. Resolves when the body has ended, the connection has closed,
 * or a limit is reached; closing is then up to the caller of this.
 */
export async function drain(
  stream: Readable,
  { maxBytes = 1024 ** 3, maxMs = 10_000 }: Partial<DrainLimits> = {},
): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  const count = (piece: Uint8Array): void => {
    bytes += piece.length;
    if (bytes > maxBytes) resolve();
  };
  const stop = (): void => resolve();
  const timer = setTimeout(stop, maxMs);
  stream.on('data', count).once('end', stop).once('close', stop).once('error', stop);
  stream.resume();
  await promise;
  clearTimeout(timer);
  stream.pause().off('data', count).off('end', stop).off('close', stop);
}
