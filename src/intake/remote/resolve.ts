import { lookup, Resolver } from 'node:dns/promises';
import { addAbortListener } from 'node:events';

/** All addresses of a host; none if there are none or nobody knows. Ends early when the signal is aborted. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * For hosts of a caller's choice: asks the DNS servers directly. The system's own resolver has two threads for
 * the whole process and cannot be called off: two slow names would keep the vendors' names from being found.
 */
export const resolveByDns: Resolve = async (host, signal) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const asking = Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const listener = addAbortListener(signal, () => resolver.cancel());
  const answers = await asking;
  listener[Symbol.dispose]();
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
};

/** For hosts of the operator's choice: as the system finds them, hosts file and search domains included. */
export const resolveBySystem: Resolve = async (host) => {
  const answers = await lookup(host, { all: true }).catch(() => []);
  return answers.map(({ address }) => address);
};
