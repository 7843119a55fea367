import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { EditRequest } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { EditJob, Served } from '../engine/index.ts';
import type { Arrival } from '../intake/index.ts';
import { getCaller } from './callers.ts';
import type { RouteParts } from './parts.ts';
import { toServingHeaders } from './served-headers.ts';

/** A request for an edit, its body not read yet. */
export interface IncomingEdit {
  id: string;
  arrival: Arrival;
  /** The fault a test key asks for. */
  simulate: string | undefined;
  reply: FastifyReply;
  /** The edit to do, once the body was read. */
  toJob(request: EditRequest): EditJob;
}

/**
 * A route that edits, authenticated before: `answer` takes the request from its body to the last byte of its answer.
 * Whatever the request held is let go after that.
 */
export function handleEdits(
  { intake, log }: RouteParts,
  endpoint: string,
  answer: (incoming: IncomingEdit) => Promise<void>,
): RouteHandlerMethod {
  return async (request, reply) => {
    const { caller, signal } = getCaller(request);
    const { id } = request;
    const arrival = intake.receive({
      ...{ id, keyId: caller.keyId, request: request.raw, response: reply.raw, signal },
    });
    const { openSpool } = arrival;
    let asked: Served | undefined;
    const onServing = (served: Served): void => {
      asked = served;
    };
    try {
      await answer({
        ...{ id, arrival, reply },
        simulate: readSimulation(request, caller.mode),
        toJob: (edit) => ({
          request: edit,
          caller,
          endpoint,
          bytesIn: arrival.bytesIn,
          openSpool,
          signal,
          onServing,
        }),
      });
    } catch (fault) {
      if (asked) reply.headers(toServingHeaders(asked));
      if (!reply.sent) throw fault;
      // It can be told nobody else: the answer had begun, and was broken off.
      log.error({ requestId: id, cause: String(fault) }, 'an answer was broken off');
    } finally {
      await arrival.release();
    }
  };
}

function readSimulation(request: FastifyRequest, mode: 'live' | 'test'): string | undefined {
  const wish = request.headers['retouch-simulate'];
  if (wish === undefined) return undefined;
  if (mode === 'test') return String(wish);
  throw new RetouchError('invalid_value', "'retouch-simulate' works only with a test key (rt_test_...).", {
    param: 'retouch-simulate',
  });
}
