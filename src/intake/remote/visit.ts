import { Client } from 'undici';
import type { Bytes, OpenSpool } from '../../core/bytes.ts';
import { RetouchError } from '../../core/errors.ts';
import { dial } from './dial.ts';
import { followLink, type Link, type Places, toFailure } from './link.ts';
import { checkSize, type ReceiveLimits, receive } from './receive.ts';
import type { Resolve } from './resolve.ts';

export interface VisitLimits extends ReceiveLimits {
  /** Until the answer's headers are there: name, connection and TLS included. */
  headersTimeoutMs: number;
  maxRedirects: number;
}

/** What a visit needs besides the link. */
export interface VisitContext {
  places: Places;
  limits: VisitLimits;
  resolve: Resolve | undefined;
  openSpool: OpenSpool;
  /** Ends the visit at once. */
  signal: AbortSignal;
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const headers = {
  accept: 'image/png, image/jpeg, image/webp',
  // A compressed picture is a mistake or a bomb.
  'accept-encoding': 'identity',
  'user-agent': 'Retouch',
};

/**
 * One request on a connection of its own. Resolves to the picture, or to the link that the answer redirects to.
 * @throws RetouchError; otherwise whatever the network said
 */
export async function visit(link: Link, context: VisitContext): Promise<Bytes | Link> {
  context.signal.throwIfAborted();
  const timeout = startTimeout(link, context.limits.headersTimeoutMs, 'did not answer within');
  const signal = AbortSignal.any([context.signal, timeout.signal]);
  const client = openClient(link, signal, context.resolve);
  try {
    const path = link.url.pathname + link.url.search;
    const answer = await client.request({ method: 'GET', path, headers, reset: true, signal });
    timeout.clear();
    answer.body.on('error', () => {});
    return await takeAnswer(link, answer, context);
  } finally {
    timeout.clear();
    await client.destroy();
  }
}

/** A signal that aborts with an error about the link when the time is over. */
export function startTimeout(link: Link, timeoutMs: number, fault: string) {
  const controller = new AbortController();
  const expire = () =>
    controller.abort(toFailure(link, 'image_download_failed', `${fault} ${timeoutMs / 1000} s`));
  const timer = setTimeout(expire, timeoutMs);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

function openClient(link: Link, signal: AbortSignal, resolve: Resolve | undefined): Client {
  return new Client(link.url.origin, {
    connect: (_options, done) => {
      dial(link, signal, resolve).then(
        (socket) => done(null, socket),
        (error) => done(toDialError(signal.aborted ? signal.reason : error), null),
      );
    },
    allowH2: false,
    maxHeaderSize: 16 * 1024,
    // Ours above says whose fault it is; the body is timed as it is received.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Wrapped, because undici dials again, or waits, on errors with certain codes. */
function toDialError(cause: unknown): Error {
  return cause instanceof RetouchError ? cause : new Error('no connection', { cause });
}

async function takeAnswer(link: Link, answer: Answer, context: VisitContext): Promise<Bytes | Link> {
  const { statusCode, headers, body } = answer;
  const { places, limits } = context;
  if (redirectStatuses.has(statusCode)) {
    return followLink(link, headers.location, places, limits.maxRedirects);
  }
  if (statusCode !== 200) {
    throw toFailure(link, 'image_download_failed', 'answers without a picture', { statusCode });
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw toFailure(link, 'image_download_failed', 'answers with an encoded body');
  }
  checkSize(link, Number(headers['content-length'] ?? 0), limits.maxBytes);
  const spool = context.openSpool();
  try {
    await receive(link, body, spool, limits);
    return spool;
  } catch (error) {
    await spool.release();
    throw error;
  }
}

type Answer = Awaited<ReturnType<Client['request']>>;
