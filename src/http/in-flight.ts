import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, RouteHandlerMethod } from 'fastify';
import { RetouchError } from '../core/errors.ts';

/** Counts running work, so that stopping can wait for it. */
export interface InFlight {
  readonly stopping: boolean;
  /** @throws RetouchError server_stopping */
  check(): Promise<void>;
  /** The same handler, counted until it is done: also when its caller has gone. */
  track(handler: RouteHandlerMethod): RouteHandlerMethod;
  /** From now on new work is refused and no connection outlasts its answer. */
  stop(): void;
  /** Resolves when the running work is done, or after `limitMs`. */
  wait(limitMs: number): Promise<void>;
}

export function createInFlight(): InFlight {
  const idle = Promise.withResolvers<void>();
  const running = new Set<FastifyReply>();
  let stopping = false;
  const leave = (reply: FastifyReply): void => {
    running.delete(reply);
    if (stopping && running.size === 0) idle.resolve();
  };
  return {
    get stopping() {
      return stopping;
    },
    async check() {
      if (!stopping) return;
      throw new RetouchError('server_stopping', 'This gateway is shutting down; try again in a moment.', {
        retryAfterMs: 1_000,
      });
    },
    track: (handler) =>
      async function (request, reply) {
        running.add(reply);
        try {
          return await handler.call(this, request, reply);
        } finally {
          leave(reply);
        }
      },
    stop() {
      stopping = true;
      for (const { raw } of running) raw.shouldKeepAlive = false;
    },
    async wait(limitMs) {
      if (running.size === 0) return;
      const timer = new AbortController();
      const limit = delay(limitMs, undefined, { signal: timer.signal }).catch(() => undefined);
      await Promise.race([idle.promise, limit]);
      timer.abort();
    },
  };
}
