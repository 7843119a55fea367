import { isIP } from 'node:net';
import { type ErrorCode, RetouchError } from '../../core/errors.ts';
import { toPlace } from './allow.ts';

const maxUrlCharacters = 8192;

/** A link that may be visited, as far as its text tells; its addresses are judged when dialling. */
export interface Link {
  /** The picture it is for, as errors name it: `image[3]`. */
  name: string;
  url: URL;
  /** The operator allows this host and port: http and private addresses are fine. */
  allowed: boolean;
  /** How many redirects led here. */
  redirects: number;
}

/** Places (`host:port`) the operator allows. */
export type Places = ReadonlySet<string>;

/**
 * The caller's link. The parsed URL decides and is what is dialled; the text is not looked at again.
 * @throws RetouchError image_url_invalid, image_url_refused
 */
export function readLink(name: string, text: string, places: Places): Link {
  const url = text.length <= maxUrlCharacters ? URL.parse(text) : null;
  if (url === null) {
    const fault = `the link is not a URL of at most ${maxUrlCharacters} characters, such as https://host/picture.png.`;
    throw new RetouchError('image_url_invalid', `${name}: ${fault} ${remedy}`, { param: name });
  }
  return checkLink({ name, url, allowed: places.has(toPlace(url)), redirects: 0 });
}

/**
 * Where an answer redirects to, judged from scratch.
 * @throws RetouchError image_url_invalid, image_url_refused, image_download_failed
 */
export function followLink(from: Link, location: unknown, places: Places, maxRedirects: number): Link {
  if (from.redirects >= maxRedirects) {
    throw toFailure(from, 'image_download_failed', `redirects more than ${maxRedirects} times`);
  }
  const isText = typeof location === 'string' && location.length <= maxUrlCharacters;
  const url = isText ? URL.parse(location, from.url.href) : null;
  if (url === null)
    throw toFailure(from, 'image_download_failed', 'redirects to something that is not a URL');
  const link = { ...from, url, allowed: places.has(toPlace(url)), redirects: from.redirects + 1 };
  if (from.url.protocol === 'https:' && url.protocol === 'http:') {
    throw toFailure(link, 'image_url_refused', 'falls from https back to http');
  }
  return checkLink(link);
}

/**
 * An error about a link. It says nothing that only the gateway could have learnt: no address, no part of the
 * answer. That goes into `cause`, for the log.
 */
export function toFailure(link: Link, code: ErrorCode, fault: string, cause?: unknown): RetouchError {
  return new RetouchError(code, `${link.name}: ${toSubject(link)} ${fault}. ${remedy}`, {
    param: link.name,
    cause,
  });
}

/** The host name without the brackets of an IPv6 address. */
export function toHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

const remedy = "Send the picture's bytes or a base64 data URL instead.";

function checkLink(link: Link): Link {
  const { url, allowed } = link;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw toFailure(link, 'image_url_refused', 'is not an https one; only https links are fetched');
  }
  if (url.username !== '' || url.password !== '') {
    throw toFailure(
      link,
      'image_url_invalid',
      'carries a user name or password; links with them are not fetched',
    );
  }
  if (url.protocol === 'http:' && !allowed) {
    throw toFailure(link, 'image_url_refused', 'is http; only https links are fetched');
  }
  if (url.port !== '' && !allowed) {
    throw toFailure(link, 'image_url_refused', 'names a port; links are fetched from port 443 only');
  }
  return link;
}

function toSubject({ url, redirects }: Link): string {
  if (redirects > 0) return 'the link, after a redirect,';
  const host = toHost(url);
  return host === '' || isIP(host) ? 'the link' : `the link to "${host.slice(0, 100)}"`;
}
