import { setTimeout as delay } from 'node:timers/promises';
import type { RouteHandlerMethod } from 'fastify';
import { RetouchError } from '../core/errors.ts';

/** Counts running work, so that stopping can wait for it. */
export interface InFlight {
  readonly stopping: boolean;
  /** @throws RetouchError server_stopping */
  check(): Promise<void>;
  /** The same handler, counted until it is done: also when its caller has gone. */
  track(handler: RouteHandlerMethod): RouteHandlerMethod;
  /** Refuses new work and resolves when the running work is done, or after `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

export function createInFlight(): InFlight {
  const idle = Promise.withResolvers<void>();
  let running = 0;
  let stopping = false;
  const leave = (): void => {
    running -= 1;
    if (stopping && running === 0) idle.resolve();
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
        running += 1;
        try {
          return await handler.call(this, request, reply);
        } finally {
          leave();
        }
      },
    async stop(limitMs) {
      stopping = true;
      if (running === 0) return;
      const timer = new AbortController();
      const limit = delay(limitMs, undefined, { signal: timer.signal }).catch(() => undefined);
      await Promise.race([idle.promise, limit]);
      timer.abort();
    },
  };
}
