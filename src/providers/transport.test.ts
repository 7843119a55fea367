import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { OutgoingRequest } from './exchange.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import { TransportFault } from './transport-fault.ts';

const cleanups: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 2_048 });
  await once(server, 'listening');
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/images/edits`;
}

const serveHttp = (listener: RequestListener): Promise<string> => listen(createServer(listener));
const serveTcp = (listener: (socket: Socket) => void): Promise<string> => listen(createTcpServer(listener));

function openTransport(options: Partial<TransportOptions> = {}) {
  const transport = createTransport({
    connectTimeoutMs: 1_000,
    headersTimeoutMs: 5_000,
    idleTimeoutMs: 5_000,
    totalTimeoutMs: 10_000,
    maxResponseBytes: 64 * 2 ** 20,
    ...options,
  });
  cleanups.push(() => transport.close());
  return transport;
}

async function* repeat(piece: Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield piece;
}

function toRequest(url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest {
  const piece = Buffer.from('x'.repeat(1_000));
  return {
    method: 'POST',
    url,
    headers: { authorization: 'Bearer sk-test' },
    body: { size: 3_000, pieces: repeat(piece, 3) },
    signal: new AbortController().signal,
    ...more,
  };
}

async function readBody(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function failureOf(promise: Promise<unknown>): Promise<TransportFault> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TransportFault);
  return error as TransportFault;
}

const readRequest = async (request: IncomingMessage): Promise<Buffer> => readBody(request);

test('A request goes out with its length, its own headers and nothing that invites compression', async () => {
  let seen: IncomingMessage | undefined;
  let body: Buffer | undefined;
  const url = await serveHttp(async (request, response) => {
    seen = request;
    body = await readRequest(request);
    response.setHeader('x-request-id', 'req_1').setHeader('set-cookie', ['a=1', 'b=2']).end('{"ok":true}');
  });
  const answer = await openTransport().send(toRequest(url));
  expect(answer.status).toBe(200);
  expect(answer.headers['x-request-id']).toBe('req_1');
  expect((await readBody(answer.pieces)).toString()).toBe('{"ok":true}');
  expect(body?.length).toBe(3_000);
  expect(seen?.headers).toMatchObject({ 'content-length': '3000', 'accept-encoding': 'identity' });
  expect(seen?.headers.cookie).toBeUndefined();
  expect(seen?.headers['transfer-encoding']).toBeUndefined();
});

test('A refused connection, an unknown name and a slow handshake are certain not to have sent anything', async () => {
  const gone = createTcpServer();
  gone.listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  gone.close();
  await once(gone, 'close');
  const transport = openTransport({ connectTimeoutMs: 200 });
  const refused = await failureOf(transport.send(toRequest(`http://127.0.0.1:${port}/`)));
  expect(refused).toMatchObject({ phase: 'not-sent', message: 'the connection was refused' });
  const unknown = await failureOf(transport.send(toRequest('http://nobody.invalid/')));
  expect(unknown.phase).toBe('not-sent');
  const silent = await serveTcp(() => {});
  const slow = await failureOf(transport.send(toRequest(silent.replace('http:', 'https:'))));
  expect(slow).toMatchObject({ phase: 'not-sent', message: 'no connection came about in time' });
  const plain = await serveHttp((_request, response) => response.end());
  const noTls = await failureOf(transport.send(toRequest(plain.replace('http:', 'https:'))));
  expect(noTls.phase).toBe('not-sent');
});

test('A reset while sending, after sending and before headers leaves the outcome open', async () => {
  let connections = 0;
  const duringUpload = await serveTcp((socket) => {
    connections += 1;
    socket.once('data', () => socket.resetAndDestroy());
  });
  const big = { size: 64 * 2 ** 20, pieces: repeat(Buffer.alloc(65_536), 1_024) };
  const transport = openTransport();
  const mid = await failureOf(transport.send(toRequest(duringUpload, { body: big })));
  expect(mid.phase).toBe('sent');
  expect(connections).toBe(1);
  const afterUpload = await serveHttp(async (request) => {
    await readRequest(request);
    request.socket.resetAndDestroy();
  });
  const after = await failureOf(transport.send(toRequest(afterUpload)));
  expect(after.phase).toBe('sent');
});

test('An idle connection that the vendor closed is not used for a request', async () => {
  const sockets: Socket[] = [];
  const url = await serveTcp((socket) => {
    sockets.push(socket);
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
  });
  const transport = openTransport();
  for (let round = 0; round < 5; round += 1) {
    const body = { size: 1, pieces: repeat(Buffer.from('x'), 1) };
    const answer = await transport.send(toRequest(url, { body }));
    expect((await readBody(answer.pieces)).toString()).toBe('ok');
    await delay(10);
    // The end of the connection is on its way, and not seen yet, when the next request starts.
    sockets.at(-1)?.destroy();
  }
  expect(sockets.length).toBe(5);
});

test('A kept connection that is cut before the first byte of the body is written has sent nothing', async () => {
  const sockets: Socket[] = [];
  const url = await serveTcp((socket) => {
    sockets.push(socket);
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  const transport = openTransport();
  const first = await transport.send(
    toRequest(url, { body: { size: 1, pieces: repeat(Buffer.from('x'), 1) } }),
  );
  await readBody(first.pieces);
  await delay(20);
  async function* slow(): AsyncGenerator<Uint8Array> {
    await delay(50);
    sockets[0]?.destroy();
    await delay(50);
    yield Buffer.from('x');
  }
  const fault = await failureOf(transport.send(toRequest(url, { body: { size: 1, pieces: slow() } })));
  expect(fault.phase).toBe('not-sent');
  expect(sockets.length).toBe(1);
});

test('Redirects, cookies and proxy variables change nothing', async () => {
  const url = await serveHttp(async (request, response) => {
    await readRequest(request);
    response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end();
  });
  const answer = await openTransport().send(toRequest(url));
  expect(answer.status).toBe(307);
});

test('An early refusal is delivered although the body was not wanted', async () => {
  const url = await serveHttp((_request, response) => {
    response.writeHead(429, { 'retry-after': '7' }).end('{"error":{}}');
  });
  const big = { size: 64 * 2 ** 20, pieces: repeat(Buffer.alloc(65_536), 1_024) };
  const answer = await openTransport().send(toRequest(url, { body: big }));
  expect(answer.status).toBe(429);
  expect((await readBody(answer.pieces)).toString()).toBe('{"error":{}}');
});

test('An answer that is cut, compressed or too long fails while it is read', async () => {
  const cases: [string, (response: ServerResponse) => void, string][] = [
    [
      'cut',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('half');
        setTimeout(() => response.destroy(), 10);
      },
      'the connection was closed',
    ],
    [
      'cut chunked',
      (response) => {
        response.write('half');
        setTimeout(() => response.socket?.resetAndDestroy(), 10);
      },
      'the connection was reset',
    ],
    [
      'gzip',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      'the answer is compressed, which was not asked for',
    ],
    [
      'declared too long',
      (response) => response.writeHead(200, { 'content-length': '2000000' }).write('x'),
      'the answer is longer than 1000000 bytes',
    ],
    [
      'endless',
      (response) => {
        const timer = setInterval(() => response.write(Buffer.alloc(200_000)), 1);
        response.on('close', () => clearInterval(timer));
      },
      'the answer is longer than 1000000 bytes',
    ],
  ];
  const transport = openTransport({ maxResponseBytes: 1_000_000 });
  for (const [name, respond, message] of cases) {
    const url = await serveHttp(async (request, response) => {
      await readRequest(request);
      respond(response);
    });
    const answer = await transport.send(toRequest(url));
    expect(answer.status, name).toBe(200);
    const fault = await failureOf(readBody(answer.pieces));
    expect(fault, name).toMatchObject({ phase: 'answered', message });
  }
});

test('Each deadline ends the call and says which it was', async () => {
  const transport = openTransport({ headersTimeoutMs: 100, idleTimeoutMs: 150, totalTimeoutMs: 600 });
  const never = await serveHttp(() => {});
  expect(await failureOf(transport.send(toRequest(never)))).toMatchObject({
    phase: 'sent',
    message: 'it did not answer for 100 ms',
  });
  const stalled = await serveTcp((socket) => socket.pause());
  const big = { size: 64 * 2 ** 20, pieces: repeat(Buffer.alloc(65_536), 1_024) };
  expect(await failureOf(transport.send(toRequest(stalled, { body: big })))).toMatchObject({
    phase: 'sent',
    message: 'it took no bytes for 150 ms',
  });
  const half = await serveHttp((_request, response) => response.write('half'));
  const answer = await transport.send(toRequest(half));
  expect(await failureOf(readBody(answer.pieces))).toMatchObject({
    phase: 'answered',
    message: 'it sent nothing more for 150 ms',
  });
  const drip = await serveHttp((_request, response) => {
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const dripping = await transport.send(toRequest(drip));
  expect(await failureOf(readBody(dripping.pieces))).toMatchObject({
    message: 'it took longer than 600 ms in all',
  });
});

test('One signal ends the call at every stage, at once', async () => {
  const stages: Record<string, RequestListener> = {
    waiting: () => {},
    reading: (_request, response) => response.write('half'),
  };
  for (const [stage, listener] of Object.entries(stages)) {
    const url = await serveHttp(listener);
    const controller = new AbortController();
    const call = openTransport()
      .send(toRequest(url, { signal: controller.signal }))
      .then((answer) => readBody(answer.pieces));
    await delay(50);
    const startedAt = performance.now();
    controller.abort();
    const fault = await failureOf(call);
    expect(fault.message, stage).toBe('the call was cancelled');
    expect(performance.now() - startedAt).toBeLessThan(100);
  }
  const connecting = await serveTcp(() => {});
  const controller = new AbortController();
  const call = openTransport().send(
    toRequest(connecting.replace('http:', 'https:'), { signal: controller.signal }),
  );
  controller.abort();
  expect((await failureOf(call)).phase).toBe('not-sent');
  const before = openTransport().send(toRequest(connecting, { signal: AbortSignal.abort() }));
  expect((await failureOf(before)).phase).toBe('not-sent');
});

test('An error of the body itself comes out as it is, and the cut request is not sent whole', async () => {
  let received = 0;
  const url = await serveTcp((socket) => socket.on('data', (data) => (received += data.length)));
  const broken = new Error('the disk is gone');
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(1_000);
    throw broken;
  }
  const call = openTransport().send(toRequest(url, { body: { size: 5_000, pieces: pieces() } }));
  await expect(call).rejects.toBe(broken);
  expect(received).toBeLessThan(5_000);
});

test('What the reader does not take is not fetched, and what the vendor does not take is not read', async () => {
  let written = 0;
  const fast = await serveHttp((_request, response) => {
    const push = (): void => {
      while (written < 64 * 2 ** 20) {
        written += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', push);
      }
      response.end();
    };
    push();
  });
  const answer = await openTransport().send(toRequest(fast));
  await delay(200);
  expect(written).toBeLessThan(16 * 2 ** 20);
  expect((await readBody(answer.pieces)).length).toBe(64 * 2 ** 20);

  let read = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (; read < 64 * 2 ** 20; read += 65_536) yield Buffer.alloc(65_536);
  }
  const stalled = await serveTcp((socket) => socket.pause());
  const sending = openTransport({ idleTimeoutMs: 300 }).send(
    toRequest(stalled, { body: { size: 64 * 2 ** 20, pieces: source() } }),
  );
  await failureOf(sending);
  expect(read).toBeLessThan(16 * 2 ** 20);
});

test('A whole answer is not lost to a connection that closes while the reader is busy', async () => {
  const body = Buffer.alloc(65_536 * 4 + 1, 'x');
  for (const length of [body.length, 65_536, 65_537, 0]) {
    const url = await serveTcp((socket) =>
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`);
        socket.end(body.subarray(0, length));
      }),
    );
    const piece = { size: 1, pieces: repeat(Buffer.from('x'), 1) };
    const answer = await openTransport().send(toRequest(url, { body: piece }));
    let received = 0;
    for await (const { length: bytes } of answer.pieces) {
      received += bytes;
      await delay(20);
    }
    expect(received).toBe(length);
  }
});

test('A reader that leaves early closes the connection', async () => {
  const closed = Promise.withResolvers<void>();
  const url = await serveHttp((_request, response) => {
    response.on('close', closed.resolve);
    response.write('first');
  });
  const answer = await openTransport().send(toRequest(url));
  for await (const _piece of answer.pieces) break;
  await closed.promise;
});

test('A reader that leaves when all has come keeps the connection for the next call', async () => {
  const sockets = new Set<Socket>();
  const url = await serveHttp(async (request, response) => {
    sockets.add(request.socket);
    await readRequest(request);
    response.write('all that is wanted');
    await delay(30);
    response.end('[DONE]');
  });
  const transport = openTransport();
  for (let call = 0; call < 3; call += 1) {
    const answer = await transport.send(toRequest(url));
    for await (const _piece of answer.pieces) break;
    await delay(100);
  }
  expect(sockets.size).toBe(1);
});

test('A reader that leaves closes the connection of an answer that goes on', async () => {
  const written = Promise.withResolvers<number>();
  const url = await serveHttp(async (_request, response) => {
    let bytes = 0;
    response.on('close', () => written.resolve(bytes));
    while (!response.destroyed) {
      response.write(Buffer.alloc(20_000));
      bytes += 20_000;
      await delay(5);
    }
  });
  const answer = await openTransport().send(toRequest(url));
  for await (const _piece of answer.pieces) break;
  expect(await written.promise).toBeLessThan(1_000_000);
});

test('A thousand calls in flight are all answered', async () => {
  let waiting = 0;
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const url = await serveHttp(async (request, response) => {
    await readRequest(request);
    waiting += 1;
    if (waiting === 1_000) release();
    await gate;
    response.end('done');
  });
  const transport = openTransport();
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const answer = await transport.send(toRequest(url));
      return (await readBody(answer.pieces)).toString();
    }),
  );
  expect(answers.filter((text) => text === 'done').length).toBe(1_000);
});

test('Closing ends what is running, and afterwards nothing is sent', async () => {
  const url = await serveHttp(() => {});
  const transport = openTransport();
  const running = failureOf(transport.send(toRequest(url)));
  await delay(50);
  await transport.close();
  expect(await running).toMatchObject({ phase: 'sent', message: 'the gateway is stopping' });
  const late = await failureOf(transport.send(toRequest(url)));
  expect(late).toMatchObject({ phase: 'not-sent', message: 'the gateway is stopping' });
});
