import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { watchDials } from '../../../test/support/dials.ts';
import { createMemorySpools } from '../../../test/support/memory-spool.ts';
import { createRemote } from './remote.ts';

/** Key and certificate for pictures.example, signed by itself, made for this test and used nowhere else. */
const pem = readFileSync(new URL('fixtures/pictures.example.pem', import.meta.url), 'utf8');
const trusted = getCACertificates('default');
const names: unknown[] = [];
const protocols: unknown[] = [];

const server = createServer(
  { key: pem, cert: pem, ALPNProtocols: ['h2', 'http/1.1'] },
  (request, response) => {
    if (request.url === '/downgrade')
      response.writeHead(302, { location: `http://plain.example:${port()}/` });
    response.end('a picture');
  },
);
/** Takes connections and says nothing. */
const silent = createTcpServer((socket) => socket.on('error', () => {}).resume());
const portOf = (listener: Server) => (listener.address() as AddressInfo).port;
const port = () => portOf(server);
let watch: ReturnType<typeof watchDials>;

beforeAll(async () => {
  server.on('secureConnection', (socket: TLSSocket & { servername?: unknown }) => {
    names.push(socket.servername);
    protocols.push(socket.alpnProtocol);
  });
  server.on('tlsClientError', () => {});
  for (const listener of [server, silent]) {
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
  }
  setDefaultCACertificates([...trusted, pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))]);
});

afterAll(async () => {
  setDefaultCACertificates(trusted);
  for (const listener of [server, silent]) {
    listener.close();
    await once(listener, 'close');
  }
});

beforeEach(() => {
  watch = watchDials(() => 'through');
});

/** Whatever happened, no socket is left, neither under TLS nor at the other end. */
afterEach(async () => {
  watch.stop();
  expect(watch.dials.map(({ socket }) => socket.destroyed)).not.toContain(false);
  for (const listener of [server, silent]) {
    await vi.waitFor(async () => {
      const open = await new Promise((resolve) => listener.getConnections((_error, count) => resolve(count)));
      expect(open).toBe(0);
    });
  }
});

function fetchFrom(host: string, path = '/') {
  const allow = ['pictures.example', 'other.example', 'plain.example', '127.0.0.1'].map(
    (name) => `${name}:${port()}`,
  );
  const remote = createRemote({ allow, resolve: async () => ['127.0.0.1'] });
  const options = {
    keyId: 'key_0',
    openSpool: createMemorySpools().openSpool,
    signal: new AbortController().signal,
  };
  return remote.fetchPicture('image[0]', `https://${host}:${port()}${path}`, options);
}

test('the address is dialled, but the name is sent and its certificate asked for', async () => {
  names.length = 0;
  expect((await fetchFrom('pictures.example')).size).toBe(9);
  expect(names).toEqual(['pictures.example']);
  expect(protocols).not.toContain('h2');
});

test.each(['other.example', '127.0.0.1'])('a certificate that does not say %s is refused', async (host) => {
  const error = await fetchFrom(host).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: 'image_download_failed' });
  expect((error as Error).message).not.toMatch(/certificate|altname|pictures/i);
});

test('a certificate that nobody trusts is refused', async () => {
  setDefaultCACertificates(trusted);
  try {
    await expect(fetchFrom('pictures.example')).rejects.toMatchObject({ code: 'image_download_failed' });
  } finally {
    setDefaultCACertificates([...trusted, pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))]);
  }
});

test('a server that never shakes hands is given up in time', async () => {
  const place = `pictures.example:${portOf(silent)}`;
  const settings = { allow: [place], resolve: async () => ['127.0.0.1'], headersTimeoutMs: 100 };
  const options = {
    keyId: 'key_0',
    openSpool: createMemorySpools().openSpool,
    signal: new AbortController().signal,
  };
  const fetching = createRemote(settings).fetchPicture('image[0]', `https://${place}/`, options);
  await expect(fetching).rejects.toThrow('did not answer within 0.1 s');
});

test('a redirect from https back to http is refused, even where http is allowed', async () => {
  await expect(fetchFrom('pictures.example', '/downgrade')).rejects.toMatchObject({
    code: 'image_url_refused',
    message: expect.stringContaining('falls from https back to http'),
  });
});
