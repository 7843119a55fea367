import { Socket } from 'node:net';
import { vi } from 'vitest';

export interface Dial {
  host: string;
  port: number;
  socket: Socket;
}

/** What becomes of a connection: `through` as asked, `refuse` at once, `hang` for good, or to another place. */
export type Verdict = 'through' | 'refuse' | 'hang' | { host: string; port: number };

/** Sees every TCP connection that this thread begins, before a packet leaves. */
export function watchDials(decide: (host: string, port: number) => Verdict) {
  const dials: Dial[] = [];
  const connect = Socket.prototype.connect as (this: Socket, ...given: unknown[]) => Socket;
  const spy = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...given) {
    const [options] = (given as unknown[]).flat() as [{ host?: string; port: number | string }];
    const dial = { host: options.host ?? 'localhost', port: Number(options.port), socket: this };
    dials.push(dial);
    const verdict = decide(dial.host, dial.port);
    if (verdict === 'through') return connect.apply(this, given);
    if (verdict === 'refuse') process.nextTick(() => this.destroy(new Error('refused by the test')));
    if (typeof verdict === 'object') return connect.call(this, verdict);
    return this;
  });
  return { dials, stop: () => spy.mockRestore() };
}
