import { RetouchError } from '../core/errors.ts';
import type { FetchLink } from './picture.ts';
import type { FetchOptions, Remote } from './remote/remote.ts';

const maxAtOnce = 4;

/** For the links of one request: a few at a time, and no more bytes in all than a body may have. */
export function createFetchLink(remote: Remote, options: FetchOptions, maxBytes: number): FetchLink {
  const waiting: (() => void)[] = [];
  let running = 0;
  let fetchedBytes = 0;
  return async (name, url) => {
    if (running === maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      if (fetchedBytes > maxBytes) throw toTooMuch(name, maxBytes);
      const bytes = await remote.fetchPicture(name, url, options);
      fetchedBytes += bytes.size;
      return bytes;
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

function toTooMuch(name: string, maxBytes: number): RetouchError {
  return new RetouchError(
    'request_too_large',
    `'${name}' is a link, and the links before it led to more than ${maxBytes} bytes in all. Send fewer or smaller pictures.`,
    { param: name },
  );
}
