import type { Readable } from 'node:stream';
import type { Spool } from '../../core/bytes.ts';
import { type Link, toFailure } from './link.ts';

export interface ReceiveLimits {
  maxBytes: number;
  /** Below this rate for longer than `patienceMs`, the download is given up. */
  minBytesPerSecond: number;
  patienceMs: number;
}

/**
 * Puts a body into the spool, piece by piece. Waiting for the origin uses up patience and bytes buy it back;
 * waiting for the spool is not the origin's fault and costs nothing.
 * @throws RetouchError image_too_large, image_download_failed; otherwise what the stream or the spool said
 */
export async function receive(
  link: Link,
  body: Readable,
  spool: Spool,
  limits: ReceiveLimits,
): Promise<void> {
  const bytesPerMs = limits.minBytesPerSecond / 1000;
  const giveUp = () => body.destroy(toFailure(link, 'image_download_failed', 'answers too slowly'));
  let patienceMs = limits.patienceMs;
  let since = performance.now();
  let timer = setTimeout(giveUp, patienceMs);
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      const waitedMs = performance.now() - since;
      patienceMs = Math.min(limits.patienceMs, patienceMs - waitedMs + piece.length / bytesPerMs);
      checkSize(link, spool.size + piece.length, limits.maxBytes);
      await spool.write(piece);
      since = performance.now();
      timer = setTimeout(giveUp, patienceMs);
    }
  } finally {
    clearTimeout(timer);
  }
  if (spool.size === 0) throw toFailure(link, 'image_download_failed', 'answers without a picture');
}

/** @throws RetouchError image_too_large */
export function checkSize(link: Link, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw toFailure(link, 'image_too_large', `leads to more than ${maxBytes} bytes, the limit for a picture`);
}
