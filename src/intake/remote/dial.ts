import { addAbortListener, once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { isPublicAddress } from './address.ts';
import { toPort } from './allow.ts';
import { type Link, toFailure, toHost } from './link.ts';
import { type Resolve, resolveByDns, resolveBySystem } from './resolve.ts';

const attemptTimeoutMs = 2_500;

/**
 * A connection to the link's host, ready for HTTP. Every address is judged, and exactly a judged one is
 * dialled: the name is never looked up a second time.
 * @throws RetouchError image_url_refused; otherwise whatever the network said
 */
export async function dial(link: Link, signal: AbortSignal, resolve?: Resolve): Promise<Socket> {
  const host = toHost(link.url);
  const find = resolve ?? (link.allowed ? resolveBySystem : resolveByDns);
  const addresses = isIP(host) === 0 ? await unlessAborted(find(host, signal), signal) : [host];
  const mayVisit = (found: readonly string[]) =>
    link.allowed || (found.length > 0 && found.every(isPublicAddress));
  // One answer for "does not exist" and "is internal": the difference would tell which internal names exist.
  const refuse = () =>
    toFailure(link, 'image_url_refused', 'does not lead to a public address', { addresses });
  if (!mayVisit(addresses)) throw refuse();
  const socket = await dialFirst(addresses, toPort(link.url), signal);
  if (!mayVisit([socket.remoteAddress ?? ''])) {
    socket.destroy();
    throw refuse();
  }
  return link.url.protocol === 'https:' ? secure(socket, host, signal) : socket;
}

/** The system's look-up cannot be called off, but need not be waited for. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const listener = addAbortListener(signal, () => reject(new Error('called off')));
    work.then(resolve, reject).finally(() => listener[Symbol.dispose]());
  });
}

/** Two of each family, so that a long list is no way to knock on many doors; IPv4 is the likelier to answer. */
async function dialFirst(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const attempts = [4, 6].flatMap((family) => addresses.filter((a) => isIP(a) === family).slice(0, 2));
  let failure: unknown = new Error('no address to dial');
  for (const address of attempts) {
    const socket = connect({ host: address, port });
    const patience = AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]);
    try {
      return await ready(socket, 'connect', patience);
    } catch (error) {
      failure = error;
      if (signal.aborted) break;
    }
  }
  throw failure;
}

/** TLS for the name, whatever address was dialled. An address has no name to send; its certificate must say it. */
function secure(socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const options = { socket, host, ...servername, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true };
  return ready(connectSecurely(options), 'secureConnect', signal);
}

async function ready(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> {
  // For good: an error between two owners of the socket would otherwise end the process.
  socket.on('error', () => {});
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
