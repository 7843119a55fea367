import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RetouchError } from '../core/errors.ts';

/** Counts running work, so that stopping can wait for it. */
export interface InFlight {
  readonly stopping: boolean;
  enter(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Refuses new work and resolves when the running work is done, or after `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

export function createInFlight(): InFlight {
  const running = new Set<FastifyReply>();
  const idle = Promise.withResolvers<void>();
  let stopping = false;
  const leave = (reply: FastifyReply): void => {
    running.delete(reply);
    if (stopping && running.size === 0) idle.resolve();
  };
  return {
    get stopping() {
      return stopping;
    },
    async enter(_request, reply) {
      if (stopping) {
        throw new RetouchError('server_stopping', 'This gateway is shutting down; try again in a moment.', {
          retryAfterMs: 1_000,
        });
      }
      running.add(reply);
      reply.raw.once('close', () => leave(reply));
    },
    async stop(limitMs) {
      stopping = true;
      if (running.size === 0) return;
      const timer = new AbortController();
      await Promise.race([idle.promise, delay(limitMs, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    },
  };
}
