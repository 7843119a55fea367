import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Listeners on both loopbacks that nobody may ever reach. `hits` counts connections, `bytes` what was said. */
export async function startCanaries() {
  const seen = { hits: 0, bytes: 0 };
  const open = async (host: string) => {
    const server = createServer((socket) => {
      seen.hits += 1;
      socket.on('error', () => {});
      socket.on('data', (piece) => {
        seen.bytes += piece.length;
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nSECRET');
      });
    });
    server.listen(0, host);
    await once(server, 'listening');
    return { server, host, port: (server.address() as AddressInfo).port };
  };
  const [ipv4, ipv6] = await Promise.all([open('127.0.0.1'), open('::1')]);
  const close = async () => {
    for (const { server } of [ipv4, ipv6]) server.close();
  };
  return { seen, ipv4, ipv6, close };
}
