import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/index.ts';
import { abortWith } from '../core/abort-with.ts';
import type { Caller } from '../core/caller.ts';

interface Calling {
  caller: Caller;
  /** Aborted when the connection ends before the answer was given, or has to. */
  signal: AbortSignal;
}

const callings = new WeakMap<FastifyRequest, Calling>();

/**
 * Finds out who is calling from the header alone, before a byte of the body is read.
 * @param cutOff aborted when what is running has to end
 */
export function authenticateCaller(access: Access, cutOff: AbortSignal) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = await access.authenticate(request.headers.authorization);
    callings.set(request, { caller, signal: watchConnection(reply, cutOff) });
  };
}

export function authenticateAdmin(access: Access) {
  return (request: FastifyRequest): Promise<void> => access.authenticateAdmin(request.headers.authorization);
}

/** Who `authenticateCaller` found. */
export function getCaller(request: FastifyRequest): Calling {
  const calling = callings.get(request);
  if (!calling) throw new Error('The route has no authentication.');
  return calling;
}

/** The response's `close`, not the request's: that one comes when the body has been read. */
function watchConnection(reply: FastifyReply, cutOff: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const leave = abortWith(cutOff, gone);
  const note = (): void => {
    leave();
    if (!reply.raw.writableFinished) gone.abort(new Error('The caller has gone.'));
  };
  // It may have gone while its key was looked up.
  if (reply.raw.destroyed) note();
  reply.raw.once('close', note);
  return gone.signal;
}
