import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export const picture = Buffer.from('not looked at by who fetches it: the picture');

type Play = (ask: URLSearchParams, response: ServerResponse, request: IncomingMessage) => void;

/** By path. `sent` counts what `/endless` and `/cl` got rid of. */
const toPlays = (sent: { bytes: number }): Record<string, Play> => ({
  '/picture': (_ask, response) => response.end(picture),
  '/html': (_ask, response) => response.setHeader('content-type', 'text/html').end('<script>'),
  '/svg': (_ask, response) => response.setHeader('content-type', 'image/png').end('<svg/>'),
  '/status': (ask, response) => response.writeHead(Number(ask.get('code')), 'SECRET').end('SECRET'),
  '/empty': (_ask, response) => response.end(),
  '/redirect': (ask, response) => redirect(response, Number(ask.get('code') ?? 302), ask.get('to')),
  '/chain': (ask, response) => {
    const left = Number(ask.get('n'));
    const to = ask.get('to') ?? '';
    redirect(response, 302, left > 1 ? `/chain?n=${left - 1}&to=${encodeURIComponent(to)}` : to);
  },
  '/loop': (_ask, response) => redirect(response, 301, '/loop'),
  '/far': (_ask, response) => redirect(response, 302, `/${'a'.repeat(8192)}`),
  '/no-location': (_ask, response) => response.writeHead(302).end(),
  '/two-locations': (_ask, response) =>
    raw(response, 'HTTP/1.1 302 Found\r\nlocation: /picture\r\nlocation: /html\r\n\r\n'),
  '/refresh': (ask, response) => response.setHeader('refresh', `0; url=${ask.get('to')}`).end(picture),
  '/gzipbomb': (_ask, response) => response.setHeader('content-encoding', 'gzip').end(picture),
  '/enc': (ask, response) => {
    const chain = Array(Number(ask.get('n')))
      .fill('gzip')
      .join(', ');
    response.setHeader('content-encoding', chain).end(picture);
  },
  '/endless': (_ask, response) => pour(response, sent, Number.POSITIVE_INFINITY),
  '/drip': (_ask, response) => drip(response, '.', 20),
  '/slow-headers': (_ask, response) => dripRaw(response, 'HTTP/1.1 200 OK\r\n', 'x-more: 1\r\n'),
  '/early-hints': (_ask, response) => dripRaw(response, '', 'HTTP/1.1 103 Early Hints\r\n\r\n'),
  '/hdr': (ask, response) => response.setHeader('x-big', 'x'.repeat(Number(ask.get('kb')) * 1024)).end(),
  '/cl': (ask, response) => {
    raw(response, `HTTP/1.1 200 OK\r\ncontent-length: ${ask.get('say')}\r\n\r\n`);
    pour(response.socket as Socket, sent, Number(ask.get('send')));
  },
  '/two-lengths': (_ask, response) =>
    raw(response, 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd'),
  '/cut': (_ask, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half');
    setTimeout(() => response.socket?.resetAndDestroy(), 10);
  },
  '/cut-chunked': (_ask, response) => {
    response.write('half');
    setTimeout(() => response.socket?.destroy(), 10);
  },
  '/garbage': (_ask, response) => raw(response, 'SECRET not http at all\r\n\r\n'),
  '/hang': () => {},
});

/** A server of pictures that behaves badly, by path. `url` is its base; `open` its connections. */
export async function startHostileOrigin() {
  const open = new Set<Socket>();
  const requests: IncomingMessage[] = [];
  const sent = { bytes: 0 };
  const plays = toPlays(sent);
  const server = createServer((request, response) => {
    requests.push(request);
    response.on('error', () => {});
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://origin');
    plays[pathname]?.(searchParams, response, request);
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    place: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    open,
    requests,
    sent,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function redirect(response: ServerResponse, code: number, location: string | null): void {
  response.writeHead(code, { location: location ?? '' }).end('SECRET');
}

function raw(response: ServerResponse, text: string): void {
  response.socket?.write(text);
}

function drip(stream: ServerResponse | Socket, piece: string, everyMs: number): void {
  const timer = setInterval(() => stream.write(piece), everyMs);
  stream.on('close', () => clearInterval(timer));
}

function dripRaw(response: ServerResponse, start: string, piece: string): void {
  raw(response, start);
  if (response.socket) drip(response.socket, piece, 20);
}

/** As fast as it is taken, until it is enough or nobody takes it any more. */
function pour(stream: ServerResponse | Socket, sent: { bytes: number }, bytes: number): void {
  const piece = Buffer.alloc(64 * 1024, 0x41);
  let left = bytes;
  const go = () => {
    while (left > 0 && !stream.destroyed) {
      const part = piece.subarray(0, Math.min(piece.length, left));
      left -= part.length;
      sent.bytes += part.length;
      if (!stream.write(part)) return;
    }
    if (left <= 0) stream.end();
  };
  stream.on('drain', go);
  go();
}
