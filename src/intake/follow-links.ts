import type { Bytes } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { createSlots } from '../core/slots.ts';
import type { LinkRate } from './link-rate.ts';
import { type Follow, type FoundPicture, type LinkedPicture, toFollowed } from './picture.ts';
import type { FetchOptions, Remote } from './remote/remote.ts';

const maxAtOnce = 4;

export interface LinkLimits {
  /** Of all links together. */
  maxBytes: number;
  /** Of the caller. */
  keyId: string;
  rate: LinkRate;
}

/** For the links of one request: each once, a few at a time, and no more bytes in all than a body may have. */
export function createFollow(
  remote: Remote,
  options: FetchOptions,
  { maxBytes, keyId, rate }: LinkLimits,
): Follow {
  const slots = createSlots(maxAtOnce, Number.POSITIVE_INFINITY, () => new Error('no end of links'));
  const readings: Promise<FoundPicture>[] = [];
  const paid = new Set<string>();
  const fetched = new Map<string, Promise<Bytes>>();
  let fetchedBytes = 0;

  /** For all links of the request at once: one that is refused halfway would be as dear each time it is tried again. */
  async function payForAll(): Promise<void> {
    const unpaid = new Map<string, string>();
    for (const picture of await Promise.all(readings)) {
      if (!('url' in picture) || paid.has(picture.url) || unpaid.has(picture.url)) continue;
      unpaid.set(picture.url, picture.name);
    }
    rate.take(keyId, [...unpaid.values()]);
    for (const url of unpaid.keys()) paid.add(url);
  }

  /** Who has gone meanwhile hears it from the fetch itself, which then asks nobody. */
  function payBack(): () => void {
    rate.giveBack(keyId);
    return () => undefined;
  }

  async function fetchOnce({ name, url }: LinkedPicture): Promise<Bytes> {
    const release = await slots.acquire(options.signal).catch(payBack);
    try {
      if (fetchedBytes > maxBytes) throw toTooMuch(name, maxBytes);
      const bytes = await remote.fetchPicture(name, url, options);
      fetchedBytes += bytes.size;
      return bytes;
    } finally {
      release();
    }
  }

  return async (reading) => {
    readings.push(reading);
    const picture = await reading;
    if (!('url' in picture)) return picture;
    await payForAll();
    const bytes = fetched.get(picture.url) ?? fetchOnce(picture);
    fetched.set(picture.url, bytes);
    return toFollowed(picture, await bytes);
  };
}

function toTooMuch(name: string, maxBytes: number): RetouchError {
  return new RetouchError(
    'request_too_large',
    `'${name}' is a link, and the links before it led to more than ${maxBytes} bytes in all. Send fewer or smaller pictures.`,
    { param: name },
  );
}
