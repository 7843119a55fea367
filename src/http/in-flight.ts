import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, RouteHandlerMethod } from 'fastify';
import { toStopping } from '../core/stopping.ts';

/** Counts running work, so that stopping can wait for it. */
export interface InFlight {
  readonly stopping: boolean;
  /** @throws RetouchError server_stopping */
  check(): Promise<void>;
  /** The same handler, counted until it is done, also when its caller has gone, and its answer is out. */
  track(handler: RouteHandlerMethod): RouteHandlerMethod;
  /** From now on new work is refused and no connection outlasts its answer. */
  stop(): void;
  /** Resolves when the running work is done, or after `limitMs`. */
  wait(limitMs: number): Promise<void>;
  /** Ends the work that is not done by now. */
  cut(): void;
  /** Aborted by `cut`, with a RetouchError server_stopping. */
  readonly cutOff: AbortSignal;
}

export function createInFlight(): InFlight {
  const idle = Promise.withResolvers<void>();
  const running = new Set<FastifyReply>();
  const cutting = new AbortController();
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
      if (stopping) throw toStopping();
    },
    track: (handler) =>
      async function (request, reply) {
        running.add(reply);
        const { raw } = reply;
        const out = raw.closed ? undefined : new Promise((resolve) => raw.once('close', resolve));
        try {
          return await handler.call(this, request, reply);
        } finally {
          void Promise.resolve(out).then(() => leave(reply));
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
    cut: () => cutting.abort(toStopping()),
    cutOff: cutting.signal,
  };
}
