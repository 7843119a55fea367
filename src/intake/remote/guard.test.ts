import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startCanaries } from '../../../test/support/canaries.ts';
import { type Verdict, watchDials } from '../../../test/support/dials.ts';
import { startHostileOrigin } from '../../../test/support/hostile-origin.ts';
import { createMemorySpools } from '../../../test/support/memory-spool.ts';
import { RetouchError } from '../../core/errors.ts';
import { createRemote, type RemoteSettings } from './remote.ts';

interface Vector {
  id: number;
  kind: string;
  url: string;
  expect: 'block' | 'allow' | 'allow-or-policy';
}

const corpus = new URL('../../../../shared/corpora/own-ssrf-vectors/vectors.json', import.meta.url);
const vectors: Vector[] = existsSync(corpus) ? JSON.parse(readFileSync(corpus, 'utf8')) : [];
const isStatic = (vector: Vector) => !vector.url.includes('{');
const blocked = vectors.filter((vector) => vector.expect === 'block');
const dynamic = blocked.filter((vector) => !isStatic(vector));
const withoutCorpus = vectors.length === 0;

const publicAddress = '93.184.215.14';
const publicHost = /(^|\.)example(\.com)?$/;

/** The same link over https, so that the scheme is not what refuses it. */
const toHttps = (url: string) => url.replace(/http:/gi, 'https:');
const dressings = (url: string) => [...new Set([url, toHttps(url)])];

let canaries: Awaited<ReturnType<typeof startCanaries>>;
let origin: Awaited<ReturnType<typeof startHostileOrigin>>;
let watch: ReturnType<typeof watchDials>;
/** Any connection that is not to the origin ends at a canary, so that a leak is a hit. */
let decide: (host: string, port: number) => Verdict;

beforeAll(async () => {
  [canaries, origin] = await Promise.all([startCanaries(), startHostileOrigin()]);
});

beforeEach(() => {
  decide = (_host, port) => (port === origin.port ? 'through' : canaries.ipv4);
  watch = watchDials((host, port) => decide(host, port));
});

afterEach(() => {
  watch.stop();
  vi.unstubAllEnvs();
});

afterAll(async () => {
  await Promise.all([canaries.close(), origin.close()]);
});

/** The error of a fetch that must fail, after looking at what it says and what it left behind. */
async function refusalOf(url: string, settings: Partial<RemoteSettings> = {}): Promise<RetouchError> {
  const spools = createMemorySpools();
  const remote = createRemote({ allow: [origin.place], resolve: async () => ['10.0.0.5'], ...settings });
  const options = { keyId: 'key_0', openSpool: spools.openSpool, signal: new AbortController().signal };
  const error = await remote.fetchPicture('image[0]', url, options).then(
    () => expect.unreachable(`${JSON.stringify(url)} was fetched`),
    (failure: unknown) => failure,
  );
  if (!(error instanceof RetouchError)) throw error;
  expect(error.row.status).toBe(400);
  expect(error.param).toBe('image[0]');
  expect(error.message).toMatch(/^image\[0\]: .* Send the picture's bytes or a base64 data URL instead\.$/);
  const ourWords = error.message.replace(/"[^"]*"/, '');
  expect(ourWords).not.toMatch(/\d+\.\d+\.\d+\.\d+|::|SECRET|\p{Cc}/u);
  expect(error.message.length).toBeLessThan(400);
  expect(spools.opened.every((spool) => spool.released)).toBe(true);
  expect(watch.dials.every(({ socket }) => socket.destroyed)).toBe(true);
  return error;
}

const elsewhere = () =>
  watch.dials.filter(({ port }) => port !== origin.port).map(({ host, port }) => `${host}:${port}`);

describe.skipIf(withoutCorpus)(
  'the corpus ../shared/corpora/own-ssrf-vectors (skipped where it is absent)',
  () => {
    test('no static vector makes a connection, nor its https form', async () => {
      const resolve = async (host: string) => (publicHost.test(host) ? [publicAddress] : ['127.0.0.1']);
      const byAddress = { count: 0 };
      for (const vector of blocked.filter(isStatic)) {
        for (const url of dressings(vector.url)) {
          const { code, message } = await refusalOf(url, { resolve });
          expect(['image_url_invalid', 'image_url_refused'], `${vector.id} ${url}`).toContain(code);
          if (message.includes('public address')) byAddress.count += 1;
        }
      }
      expect(blocked.filter(isStatic)).toHaveLength(1044);
      expect(byAddress.count).toBeGreaterThan(900);
      expect(watch.dials).toEqual([]);
      expect(canaries.seen).toEqual({ hits: 0, bytes: 0 });
    });

    test('every control is dialled over https, at the address it leads to', async () => {
      decide = () => 'refuse';
      const controls = vectors.filter((vector) => vector.expect !== 'block');
      for (const { url } of controls) {
        expect((await refusalOf(toHttps(url), { resolve: async () => [publicAddress] })).code).toBe(
          'image_download_failed',
        );
        const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
        const expected = /[a-z]{2}/.test(host) && !host.includes(':') ? publicAddress : host;
        expect(watch.dials.splice(0).map(({ host, port }) => [host, port])).toEqual([[expected, 443]]);
      }
      expect(controls).toHaveLength(24);
    });

    /** How the names in `{...}` resolve. Addresses flip with each question. */
    const names: Record<string, { host: string; answers: string[][] }> = {
      '{REBIND:public,127.0.0.1}': { host: 'rebind.example', answers: [[publicAddress], ['127.0.0.1']] },
      '{REBIND:public+169.254.169.254}': {
        host: 'multi.example',
        answers: [[publicAddress, '169.254.169.254']],
      },
      '{CNAME:localhost}': { host: 'alias.example', answers: [['127.0.0.1', '::1']] },
      '{AAAA:::1}': { host: 'six.example', answers: [['::1']] },
      '{AAAA:::ffff:127.0.0.1}': { host: 'mapped.example', answers: [['::ffff:127.0.0.1']] },
      '{GATEWAY_PUBLIC_NAME}': { host: 'gateway.example', answers: [['127.0.0.1']] },
    };
    /** Nothing is fetched that should not be; what the bytes are is judged where pictures are. */
    const judgedLater = ['html-as-image', 'svg-as-png', 'cl-lie-small', 'redirect-refresh-header'];
    const limits = { headersTimeoutMs: 250, patienceMs: 150, totalTimeoutMs: 5_000 };

    test.each(dynamic.filter(({ kind }) => !judgedLater.includes(kind)))(
      '$kind is stopped: $url',
      async ({ url }) => {
        const placeholder = Object.keys(names).find((key) => url.includes(key)) ?? '{ALLOWED}';
        const { host = '', answers = [] } = names[placeholder] ?? {};
        const filled = (text: string) => text.replace(placeholder, host || origin.url);
        const dressed = host
          ? dressings(filled(url))
          : [filled(url), filled(url.replace('to=http:', 'to=https:'))];
        for (const link of dressed) {
          let asked = 0;
          const resolve = async () => answers[asked++ % answers.length] ?? [];
          await refusalOf(link, { ...limits, resolve });
          // The first answer of a rebinding name is public, and may be dialled; it is the second that bites.
          expect(elsewhere().filter((place) => place !== `${publicAddress}:443`)).toEqual([]);
        }
        expect(canaries.seen.bytes).toBe(0);
        await vi.waitFor(() => expect(origin.open.size).toBe(0));
      },
    );

    test.each(dynamic.filter(({ kind }) => judgedLater.includes(kind)))(
      '$kind leads nowhere else',
      async ({ url }) => {
        const { openSpool } = createMemorySpools();
        const remote = createRemote({ allow: [origin.place] });
        const options = { keyId: 'key_0', openSpool, signal: new AbortController().signal };
        const bytes = await remote.fetchPicture('image[0]', url.replace('{ALLOWED}', origin.url), options);
        expect(bytes.size).toBeLessThan(100);
        expect(elsewhere()).toEqual([]);
      },
    );
  },
);

describe('the address that is judged', () => {
  test('is the one dialled: 10,000 rounds with a name that changes its address at each question', async () => {
    decide = () => 'refuse';
    const inner = ['127.0.0.1', '::1', '169.254.169.254', '::ffff:10.0.0.1', '64:ff9b::7f00:1'];
    const { openSpool } = createMemorySpools();
    const options = { keyId: 'key_0', openSpool, signal: new AbortController().signal };
    let questions = 0;
    const resolve = async () => [(questions++ % 2 === 0 ? publicAddress : inner[questions % 5]) ?? ''];
    const remote = createRemote({ allow: [], resolve });
    const codes: Record<string, number> = {};
    for (let round = 0; round < 10_000; round += 1) {
      const url = 'https://rebind.example/i.png';
      const { code } = await remote.fetchPicture('image[0]', url, options).catch((error) => error);
      codes[code] = (codes[code] ?? 0) + 1;
      expect(watch.dials.splice(0).map(({ host }) => host)).toEqual(round % 2 === 0 ? [publicAddress] : []);
    }
    expect(questions).toBe(10_000);
    expect(codes).toEqual({ image_download_failed: 5_000, image_url_refused: 5_000 });
  });

  test('is the one connected to: a socket that ends up elsewhere is closed before a byte is written', async () => {
    const before = canaries.seen.bytes;
    for (const canary of [canaries.ipv4, canaries.ipv6]) {
      decide = () => canary;
      const error = await refusalOf('https://moved.example/i.png', { resolve: async () => [publicAddress] });
      expect(error.code).toBe('image_url_refused');
    }
    expect(watch.dials).toHaveLength(2);
    expect(canaries.seen.bytes).toBe(before);
  });

  test('is refused if it is one private among public ones, wherever it stands', async () => {
    for (const addresses of [
      ['127.0.0.1', publicAddress],
      [publicAddress, '2606:4700::1', '10.0.0.1'],
    ]) {
      const error = await refusalOf('https://multi.example/', { resolve: async () => addresses });
      expect(error.code).toBe('image_url_refused');
    }
    expect(watch.dials).toEqual([]);
  });

  test('may be a literal, and is judged though no name is looked up', async () => {
    const resolve = () => expect.unreachable('a literal was looked up');
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:7f00:1]', '169.254.169.254']) {
      expect((await refusalOf(`https://${host}/`, { resolve })).code).toBe('image_url_refused');
    }
    expect(watch.dials).toEqual([]);
  });

  test('is one of at most two of each family, the next when one does not answer', async () => {
    decide = () => 'refuse';
    const resolve = async () => [
      '2606:4700::1',
      '2606:4700::2',
      '2606:4700::3',
      '1.1.1.1',
      '1.0.0.1',
      '8.8.8.8',
    ];
    await refusalOf('https://many.example/', { resolve });
    const dialled = watch.dials.map(({ host }) => host);
    expect(dialled).toEqual(['1.1.1.1', '1.0.0.1', '2606:4700::1', '2606:4700::2']);
  });

  test('gives one and the same answer whether a name does not exist or is internal', async () => {
    const absent = await refusalOf('https://name.example/', { resolve: async () => [] });
    const internal = await refusalOf('https://name.example/', { resolve: async () => ['10.1.2.3'] });
    expect([absent.code, absent.message]).toEqual([internal.code, internal.message]);
  });

  test('is found without an injected resolver too, and a name nobody knows is refused', async () => {
    const { code } = await refusalOf('https://localhost/', { resolve: undefined as never });
    expect(code).toBe('image_url_refused');
    expect(watch.dials).toEqual([]);
  });

  test('is dialled directly, whatever the proxy variables say', async () => {
    decide = () => 'refuse';
    const proxy = `http://127.0.0.1:${canaries.ipv4.port}`;
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy'])
      vi.stubEnv(name, proxy);
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    await refusalOf('https://direct.example/', { resolve: async () => [publicAddress] });
    expect(elsewhere()).toEqual([`${publicAddress}:443`]);
  });
});

describe('the text of a link', () => {
  const resolve = async () => [publicAddress];

  test.each([
    ['image_url_invalid', 'not a link'],
    ['image_url_invalid', 'https://user@host.example/'],
    ['image_url_invalid', 'https://:word@host.example/'],
    ['image_url_refused', 'data:image/png;base64,AAAA'],
    ['image_url_refused', 'file:///etc/passwd'],
    ['image_url_refused', 'ftp://host.example/'],
    ['image_url_refused', 'http://host.example/'],
    ['image_url_refused', 'http://host.example:443/'],
    ['image_url_refused', 'https://host.example:80/'],
    ['image_url_refused', 'https://host.example:8443/'],
  ])('%s: %s', async (code, url) => {
    expect((await refusalOf(url, { resolve })).code).toBe(code);
    expect(watch.dials).toEqual([]);
  });

  test('may have 8,192 characters, not one more', async () => {
    decide = () => 'refuse';
    const url = 'https://host.example/';
    expect((await refusalOf(url.padEnd(8193, 'a'), { resolve })).code).toBe('image_url_invalid');
    expect(watch.dials).toHaveLength(0);
    await refusalOf(url.padEnd(8192, 'a'), { resolve });
    expect(watch.dials).toHaveLength(1);
  });

  test('is named in errors by its host at most, cut to a bearable length', async () => {
    const label = 'a'.repeat(60);
    const url = `https://${Array(20).fill(label).join('.')}.example/path?token=hidden`;
    const { message } = await refusalOf(url, { resolve: async () => [] });
    expect(message).toContain(label);
    expect(message).not.toMatch(/hidden|path/);
  });
});

describe('what the operator allows', () => {
  const resolve = async () => ['127.0.0.1'];
  const options = () => ({ ...createMemorySpools(), keyId: 'key_0', signal: new AbortController().signal });

  test('is that host and that port, by http and at a private address', async () => {
    const remote = createRemote({ allow: [`Pictures.LAN:${origin.port}`], resolve });
    const bytes = await remote.fetchPicture(
      'image[0]',
      `http://pictures.lan:${origin.port}/picture`,
      options(),
    );
    expect(bytes.size).toBeGreaterThan(0);
    expect(elsewhere()).toEqual([]);
  });

  test('is no other port of the host and no other host at the address', async () => {
    const allow = [`pictures.lan:${origin.port}`];
    const others = ['http://pictures.lan/', 'https://pictures.lan/', `http://other.lan:${origin.port}/`];
    for (const url of [
      ...others,
      `http://127.0.0.1:${origin.port}/`,
      `http://pictures.lan.:${origin.port}/`,
    ]) {
      expect((await refusalOf(url, { allow, resolve })).code).toBe('image_url_refused');
    }
    expect(watch.dials).toEqual([]);
  });

  test('but does not exist is a failed download', async () => {
    const url = `http://pictures.lan:${origin.port}/`;
    const allow = [`pictures.lan:${origin.port}`];
    expect((await refusalOf(url, { allow, resolve: async () => [] })).code).toBe('image_download_failed');
  });

  test('is looked up as the system does', async () => {
    const remote = createRemote({ allow: [`localhost:${origin.port}`] });
    const bytes = await remote.fetchPicture('image[0]', `http://localhost:${origin.port}/picture`, options());
    expect(bytes.size).toBeGreaterThan(0);
  });
});
