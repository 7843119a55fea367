import type { Bytes, OpenSpool } from '../../core/bytes.ts';
import { RetouchError } from '../../core/errors.ts';
import { toStopping } from '../../core/stopping.ts';
import { findPlaces } from './allow.ts';
import { createFairSlots } from './fair-slots.ts';
import { type Link, readLink, toFailure } from './link.ts';
import type { Resolve } from './resolve.ts';
import { startTimeout, type VisitLimits, visit } from './visit.ts';

export interface RemoteLimits extends VisitLimits {
  /** For all of it, redirects included. */
  totalTimeoutMs: number;
}

export interface RemoteSettings extends Partial<RemoteLimits> {
  /** `host[:port]` where http and private addresses are allowed; without a port, 80 and 443. */
  allow: readonly string[];
  /** Instead of the machine's own ways to find addresses. */
  resolve?: Resolve;
}

export interface FetchOptions {
  /** Of the caller. */
  keyId: string;
  openSpool: OpenSpool;
  signal: AbortSignal;
}

/** The one way to fetch what somebody else links to. Default-deny; the guard itself is `dial`. */
export interface Remote {
  /**
   * Fetches a picture into a spool. `name` (`image[3]`) is what errors call it. What the bytes are is not
   * looked at, nor what they are said to be.
   * @throws RetouchError image_url_invalid, image_url_refused, image_download_failed, image_too_large,
   * storage_unavailable, server_stopping
   */
  fetchPicture(name: string, url: string, options: FetchOptions): Promise<Bytes>;
  /** Ends what is under way; resolves when it has ended. */
  close(): Promise<void>;
}

const defaultLimits: RemoteLimits = {
  maxBytes: 50 * 1024 * 1024,
  minBytesPerSecond: 50 * 1024,
  patienceMs: 5_000,
  headersTimeoutMs: 10_000,
  totalTimeoutMs: 30_000,
  maxRedirects: 3,
};

/** Each is a connection, a file and 64 KB; an origin may be as slow as it likes for a while. */
const atOnce = { places: 64, placesPerKey: 16, maxWaiting: 1_000 };

function toBusy(): RetouchError {
  const message =
    'Too many links wait to be followed. Try again a little later, or send the bytes of the pictures.';
  return new RetouchError('server_busy', message, { retryAfterMs: 2_000 });
}

/** Shares nothing with the clients of the vendors: no connection, no cookie, no proxy, no name look-up. */
export function createRemote({ allow, resolve, ...given }: RemoteSettings): Remote {
  const limits = { ...defaultLimits, ...given };
  const places = new Set(allow.flatMap((entry) => findPlaces(entry) ?? []));
  const closing = new AbortController();
  const slots = createFairSlots({ ...atOnce, refuse: toBusy });
  const running = new Set<Promise<Bytes>>();

  async function followLinks(
    first: Link,
    { openSpool, signal }: Omit<FetchOptions, 'keyId'>,
  ): Promise<Bytes> {
    const timeout = startTimeout(first, limits.totalTimeoutMs, 'took longer than');
    const stop = AbortSignal.any([signal, timeout.signal]);
    const context = { places, limits, resolve, openSpool, signal: stop };
    try {
      for (let link = first; ; ) {
        const found = await visit(link, context);
        if ('size' in found) return found;
        link = found;
      }
    } finally {
      timeout.clear();
    }
  }

  async function fetchLink(link: Link, options: FetchOptions): Promise<Bytes> {
    const signal = AbortSignal.any([options.signal, closing.signal]);
    try {
      const release = await slots.acquire(options.keyId, signal);
      return await followLinks(link, { ...options, signal }).finally(release);
    } catch (error) {
      if (error instanceof RetouchError) throw error;
      throw toFailure(link, 'image_download_failed', 'could not be fetched', error);
    }
  }

  return {
    async fetchPicture(name, url, options) {
      closing.signal.throwIfAborted();
      const fetching = fetchLink(readLink(name, url, places), options);
      running.add(fetching);
      return fetching.finally(() => running.delete(fetching));
    },
    async close() {
      closing.abort(toStopping());
      await Promise.allSettled(running);
    },
  };
}
