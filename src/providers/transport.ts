import { Agent } from 'undici';
import { type Answer, Exchange, type Limits, type OutgoingRequest } from './exchange.ts';
import { socketRoomBytes } from './join-sections.ts';

export interface TransportOptions extends Limits {
  /** Name resolution, TCP and TLS together. */
  connectTimeoutMs: number;
}

/** The only upstream client of the gateway. */
export interface Transport {
  /** How long one call may take in all. */
  readonly totalTimeoutMs: number;
  /**
   * Sends one request, once: nothing is repeated, no redirect is followed, no proxy variable and no cookie is
   * looked at. Resolves when the answer's headers are in, whatever its status.
   * @throws TransportFault, also while `pieces` of the answer are read; what reading the body throws, as it is
   */
  send(request: OutgoingRequest): Promise<Answer>;
  /** Ends what is still running. */
  close(): Promise<void>;
}

/** Connections are kept alive and pooled by origin, as many as there are calls in flight. */
export function createTransport({ connectTimeoutMs, ...limits }: TransportOptions): Transport {
  const connect = { timeout: connectTimeoutMs, highWaterMark: socketRoomBytes };
  const agent = new Agent({
    connect,
    // One connection per call: a stalled or cut one harms no other call.
    allowH2: false,
    // Exchange keeps the time; undici's own timers cannot tell sending from waiting.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return {
    totalTimeoutMs: limits.totalTimeoutMs,
    send(request) {
      const { origin, pathname, search } = new URL(request.url);
      const exchange = new Exchange(request, limits);
      if (!exchange.ended) {
        const { method, body, headers } = exchange;
        agent.dispatch({ origin, path: pathname + search, method, headers, body }, exchange);
      }
      return exchange.answer;
    },
    close: () => agent.destroy(),
  };
}
