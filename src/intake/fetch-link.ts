import type { Bytes } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { createSlots } from '../core/slots.ts';
import type { FetchLink } from './picture.ts';
import type { FetchOptions, Remote } from './remote/remote.ts';

const maxAtOnce = 4;

export interface LinkLimits {
  /** Of all links together. */
  maxBytes: number;
  /** Called before each fetch; may refuse it. */
  beforeFetch: (name: string) => void;
}

/** For the links of one request: each once, a few at a time, and no more bytes in all than a body may have. */
export function createFetchLink(
  remote: Remote,
  options: FetchOptions,
  { maxBytes, beforeFetch }: LinkLimits,
): FetchLink {
  const slots = createSlots(maxAtOnce, Number.POSITIVE_INFINITY, () => new Error('no end of links'));
  const fetched = new Map<string, Promise<Bytes>>();
  let fetchedBytes = 0;

  async function fetchOnce(name: string, url: string): Promise<Bytes> {
    // Who has gone meanwhile hears it from the fetch itself.
    const release = await slots.acquire(options.signal).catch(() => () => undefined);
    try {
      if (fetchedBytes > maxBytes) throw toTooMuch(name, maxBytes);
      beforeFetch(name);
      const bytes = await remote.fetchPicture(name, url, options);
      fetchedBytes += bytes.size;
      return bytes;
    } finally {
      release();
    }
  }

  return (name, url) => {
    const bytes = fetched.get(url) ?? fetchOnce(name, url);
    fetched.set(url, bytes);
    return bytes;
  };
}

function toTooMuch(name: string, maxBytes: number): RetouchError {
  return new RetouchError(
    'request_too_large',
    `'${name}' is a link, and the links before it led to more than ${maxBytes} bytes in all. Send fewer or smaller pictures.`,
    { param: name },
  );
}
