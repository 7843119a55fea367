import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Verdict, watchDials } from '../../../test/support/dials.ts';
import { picture, startHostileOrigin } from '../../../test/support/hostile-origin.ts';
import { createMemorySpools } from '../../../test/support/memory-spool.ts';
import { readAll } from '../../core/bytes.ts';
import { RetouchError } from '../../core/errors.ts';
import { createRemote, type RemoteSettings } from './remote.ts';

let origin: Awaited<ReturnType<typeof startHostileOrigin>>;
let watch: ReturnType<typeof watchDials>;
let decide: (port: number) => Verdict;

beforeAll(async () => {
  origin = await startHostileOrigin();
});

beforeEach(() => {
  decide = (port) => (port === origin.port ? 'through' : 'refuse');
  watch = watchDials((_host, port) => decide(port));
  origin.requests.length = 0;
  origin.sent.bytes = 0;
});

/** Whatever happened, nothing is left open. */
afterEach(async () => {
  watch.stop();
  expect(watch.dials.every(({ socket }) => socket.destroyed)).toBe(true);
  await vi.waitFor(() => expect(origin.open.size).toBe(0));
});

afterAll(() => origin.close());

interface Scene extends Partial<RemoteSettings> {
  write?: (piece: Uint8Array) => Promise<void>;
  controller?: AbortController;
}

function start(path: string, { write, controller = new AbortController(), ...settings }: Scene = {}) {
  const spools = createMemorySpools(write);
  const remote = createRemote({ allow: [origin.place], resolve: async () => [], ...settings });
  const options = { keyId: 'key_0', openSpool: spools.openSpool, signal: controller.signal };
  const url = path.startsWith('/') ? origin.url + path : path;
  return { remote, spools, controller, fetching: remote.fetchPicture('image[2]', url, options) };
}

/** The error of a fetch that must fail; its spool must be released by then. */
async function failureOf(path: string, scene: Scene = {}): Promise<RetouchError> {
  const { fetching, spools } = start(path, scene);
  const error = await fetching.then(
    () => expect.unreachable(`${path} was fetched`),
    (failure: unknown) => failure,
  );
  if (!(error instanceof RetouchError)) throw error;
  expect(error.message).not.toMatch(/127\.0\.0\.1|SECRET|\p{Cc}/u);
  expect(spools.opened.every((spool) => spool.released)).toBe(true);
  return error;
}

const redirect = (to: string, code = 302) => `/redirect?code=${code}&to=${encodeURIComponent(to)}`;

describe('a picture that is there', () => {
  test('is put into a spool, byte for byte', async () => {
    const { fetching, spools } = start('/picture');
    const bytes = await fetching;
    expect(await readAll(bytes, 1000)).toEqual(picture);
    expect(spools.opened).toEqual([{ size: picture.length, released: false }]);
  });

  test('is asked for with nothing that tells about the caller or the gateway', async () => {
    await start('/picture?a=b%20c#fragment').fetching;
    const [request] = origin.requests;
    expect([request?.method, request?.url]).toEqual(['GET', '/picture?a=b%20c']);
    expect(request?.headers).toEqual({
      host: origin.place,
      connection: 'close',
      accept: 'image/png, image/jpeg, image/webp',
      'accept-encoding': 'identity',
      'user-agent': 'Retouch',
    });
  });

  test('is fetched whatever type it is said to be', async () => {
    await expect(start('/html').fetching).resolves.toHaveProperty('size', 8);
  });

  test('may be exactly as long as the limit', async () => {
    await expect(start('/picture', { maxBytes: picture.length }).fetching).resolves.toHaveProperty('size');
    const { code } = await failureOf('/picture', { maxBytes: picture.length - 1 });
    expect(code).toBe('image_too_large');
  });

  test('is not the business of the next fetch: no connection is kept', async () => {
    await start('/picture').fetching;
    await start('/picture').fetching;
    expect(watch.dials).toHaveLength(2);
  });
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('with status %i is followed', async (code) => {
    await expect(start(redirect('/picture', code)).fetching).resolves.toHaveProperty('size', picture.length);
  });

  test('is followed three times, not four', async () => {
    await expect(start('/chain?n=3&to=/picture').fetching).resolves.toHaveProperty('size', picture.length);
    origin.requests.length = 0;
    const { code, message } = await failureOf('/chain?n=4&to=/picture');
    expect(code).toBe('image_download_failed');
    expect(message).toBe(
      "image[2]: the link, after a redirect, redirects more than 3 times. Send the picture's bytes or a base64 data URL instead.",
    );
    expect(origin.requests).toHaveLength(4);
  });

  test('that goes round in a circle ends', async () => {
    expect((await failureOf('/loop')).code).toBe('image_download_failed');
  });

  test.each([
    ['http://127.0.0.1/', 'image_url_refused'],
    ['https://127.0.0.1/', 'image_url_refused'],
    ['https://[::1]/', 'image_url_refused'],
    ['//127.0.0.1:1/', 'image_url_refused'],
    ['https://169.254.169.254/latest/meta-data/', 'image_url_refused'],
    ['https://inner.example/', 'image_url_refused'],
    ['https://user:word@outer.example/', 'image_url_invalid'],
    ['file:///etc/passwd', 'image_url_refused'],
    ['data:image/png;base64,AAAA', 'image_url_refused'],
    ['https://', 'image_download_failed'],
  ])('to %s is judged like a first link: %s', async (to, expected) => {
    const { code, message } = await failureOf(redirect(to), { resolve: async () => ['10.0.0.1'] });
    expect(code).toBe(expected);
    expect(message).not.toMatch(/example|passwd|meta-data|aaa/);
    expect(watch.dials).toHaveLength(1);
  });

  test('to a public address is dialled there', async () => {
    await failureOf(redirect('https://outer.example/'), { resolve: async () => ['93.184.215.14'] });
    expect(watch.dials.map(({ host, port }) => `${host}:${port}`)).toEqual([
      origin.place,
      '93.184.215.14:443',
    ]);
  });

  test.each(['/no-location', '/two-locations', '/far'])(
    'without one clear goal (%s) is a failure',
    async (path) => {
      expect((await failureOf(path)).code).toBe('image_download_failed');
    },
  );
});

describe('a hostile origin', () => {
  test.each([
    ['answers another status than 200', '/status?code=404', 'image_download_failed'],
    ['answers 206 though no range was asked for', '/status?code=206', 'image_download_failed'],
    ['answers 304 though nothing was conditional', '/status?code=304', 'image_download_failed'],
    ['answers 500', '/status?code=500', 'image_download_failed'],
    ['sends no byte', '/empty', 'image_download_failed'],
    ['encodes the body', '/gzipbomb', 'image_download_failed'],
    ['encodes the body a thousand times', '/enc?n=1000', 'image_download_failed'],
    ['sends headers without measure', '/hdr?kb=512', 'image_download_failed'],
    ['promises more bytes than allowed', '/cl?say=99999999999&send=10', 'image_too_large'],
    ['sends fewer bytes than promised', '/cl?say=1000&send=10', 'image_download_failed'],
    ['gives two lengths', '/two-lengths', 'image_download_failed'],
    ['resets the connection in the body', '/cut', 'image_download_failed'],
    ['cuts a body of unknown length', '/cut-chunked', 'image_download_failed'],
    ['speaks no HTTP', '/garbage', 'image_download_failed'],
  ])('that %s is given up', async (_deed, path, code) => {
    const started = performance.now();
    expect((await failureOf(path)).code).toBe(code);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('that sends more than it promised is cut off at the promise', async () => {
    await expect(start('/cl?say=10&send=100000000').fetching).resolves.toHaveProperty('size', 10);
    expect(origin.sent.bytes).toBeLessThan(20_000_000);
  });

  test('that never stops sending is stopped at the limit of 50 MiB', async () => {
    let largest = 0;
    const { code } = await failureOf('/endless', {
      write: async (piece) => {
        largest = Math.max(largest, piece.length);
      },
    });
    expect(code).toBe('image_too_large');
    expect(largest).toBeLessThanOrEqual(64 * 1024);
    expect(origin.sent.bytes).toBeLessThan(70 * 1024 * 1024);
  });

  test.each([
    ['never answers', '/hang', { headersTimeoutMs: 100 }, 'did not answer within 0.1 s'],
    ['never ends its headers', '/slow-headers', { headersTimeoutMs: 100 }, 'did not answer within 0.1 s'],
    ['sends early hints for ever', '/early-hints', { headersTimeoutMs: 100 }, 'did not answer within 0.1 s'],
    ['drips a body', '/drip', { patienceMs: 100 }, 'answers too slowly'],
    ['takes too long in all', '/drip', { totalTimeoutMs: 100 }, 'took longer than 0.1 s'],
    [
      'spreads its slowness over redirects',
      redirect('/hang'),
      { totalTimeoutMs: 100 },
      'took longer than 0.1 s',
    ],
  ])('that %s is given up in time', async (_deed, path, limits, words) => {
    const started = performance.now();
    const { code, message } = await failureOf(path, limits);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(code).toBe('image_download_failed');
    expect(message).toContain(words);
  });

  test.each<[string, Scene & { verdict?: Verdict }]>([
    ['its name is looked up', { resolve: () => new Promise(() => {}) }],
    ['it is dialled', { resolve: async () => ['1.1.1.1'], verdict: 'hang' }],
  ])('that takes too long while %s is said not to answer', async (_phase, { verdict, ...scene }) => {
    if (verdict) decide = () => verdict;
    const { message } = await failureOf('https://outer.example/', { ...scene, headersTimeoutMs: 100 });
    expect(message).toContain('the link to "outer.example" did not answer within 0.1 s');
  });

  test('that drips as fast as the floor demands is borne with', async () => {
    const { fetching, controller } = start('/drip', { patienceMs: 250, minBytesPerSecond: 1 });
    const early = await Promise.race([fetching.catch(() => 'failed'), sleep(600, 'still going')]);
    expect(early).toBe('still going');
    controller.abort();
    await expect(fetching).rejects.toBeInstanceOf(RetouchError);
  });

  test('that cannot be reached is a failed download', async () => {
    const { code, cause } = await failureOf('https://outer.example/', { resolve: async () => ['1.1.1.1'] });
    expect(code).toBe('image_download_failed');
    expect(cause).toBeInstanceOf(Error);
  });
});

describe('the spool', () => {
  test('sets the pace: an endless body waits, and nobody is called slow', async () => {
    let taken = 0;
    const write = async () => {
      taken += 1;
      await sleep(300);
    };
    const { fetching, controller } = start('/endless', {
      write,
      patienceMs: 100,
      minBytesPerSecond: 20_000_000,
    });
    const early = await Promise.race([fetching.catch(() => 'failed'), sleep(700, 'still going')]);
    expect(early).toBe('still going');
    expect(taken).toBeLessThanOrEqual(3);
    expect(origin.sent.bytes).toBeLessThan(16 * 1024 * 1024);
    controller.abort();
    await expect(fetching).rejects.toBeInstanceOf(RetouchError);
  });

  test('says itself what is wrong with it', async () => {
    const full = new RetouchError('storage_unavailable', 'The data folder is full.');
    expect(await failureOf('/picture', { write: () => Promise.reject(full) })).toBe(full);
  });
});

describe('the end from outside', () => {
  const never = () => new Promise<never>(() => {});

  test.each<[string, string, Scene & { verdict?: Verdict }]>([
    ['looking up the name', 'https://outer.example/', { resolve: never }],
    ['connecting', 'https://outer.example/', { resolve: async () => ['1.1.1.1'], verdict: 'hang' }],
    ['waiting for the answer', '/hang', {}],
    ['waiting after a redirect', redirect('/hang'), {}],
    ['reading the body', '/drip', {}],
    ['reading a fast body', '/endless', { maxBytes: Number.MAX_SAFE_INTEGER, write: async () => {} }],
  ])('while %s frees everything within 100 ms', async (_phase, path, { verdict, ...scene }) => {
    if (verdict) decide = () => verdict;
    const { fetching, controller, spools } = start(path, scene);
    const failure = fetching.catch((error: unknown) => error);
    await sleep(50);
    const started = performance.now();
    const gone = new Error('the caller has gone');
    controller.abort(gone);
    const error = await failure;
    expect(performance.now() - started).toBeLessThan(100);
    expect(error).toMatchObject({ code: 'image_download_failed' });
    expect(spools.opened.every((spool) => spool.released)).toBe(true);
    expect(watch.dials.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  test('while it waits for its turn takes no place from others', async () => {
    const { remote, spools, controller, fetching } = start('/hang');
    const gone = new AbortController();
    const fetchMore = (path: string, signal: AbortSignal, keyId: string) =>
      remote.fetchPicture('image', origin.url + path, { keyId, openSpool: spools.openSpool, signal });
    const more = Array.from({ length: 63 }, (_, index) =>
      fetchMore('/hang', controller.signal, `key_${(index + 1) % 4}`),
    );
    const hanging = [fetching, ...more].map((fetch) => fetch.catch(() => 'ended'));
    const waiting = fetchMore('/picture', gone.signal, 'key_4');
    const next = fetchMore('/picture', new AbortController().signal, 'key_5');
    await sleep(100);
    expect(watch.dials.length).toBe(64);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'image_download_failed' });
    controller.abort();
    expect((await readAll(await next, 1e6)).equals(picture)).toBe(true);
    expect(watch.dials.length).toBe(65);
    expect(new Set(await Promise.all(hanging))).toEqual(new Set(['ended']));
  });

  test('for one key takes a quarter of the places at most, so that another goes through', async () => {
    const { remote, spools, controller, fetching } = start('/hang');
    const fetchMore = (path: string, keyId: string) =>
      remote.fetchPicture('image', origin.url + path, {
        ...{ keyId, openSpool: spools.openSpool, signal: controller.signal },
      });
    const more = Array.from({ length: 63 }, () => fetchMore('/hang', 'key_0'));
    const hanging = [fetching, ...more].map((fetch) => fetch.catch(() => 'ended'));
    expect((await readAll(await fetchMore('/picture', 'key_1'), 1e6)).equals(picture)).toBe(true);
    expect(watch.dials.length).toBe(17);
    controller.abort();
    expect(new Set(await Promise.all(hanging))).toEqual(new Set(['ended']));
  });

  test('before the beginning dials nobody', async () => {
    const controller = new AbortController();
    controller.abort();
    await failureOf('/picture', { controller });
    expect(watch.dials).toEqual([]);
  });

  test('gives its own reason if that is one for callers', async () => {
    const controller = new AbortController();
    const { fetching } = start('/hang', { controller });
    const reason = new RetouchError('upload_incomplete', 'The connection ended.');
    setTimeout(() => controller.abort(reason), 20);
    await expect(fetching).rejects.toBe(reason);
  });

  test('by close ends what runs and lets nothing begin', async () => {
    const { remote, fetching, spools } = start('/drip');
    const failure = fetching.catch((error: unknown) => error);
    await sleep(50);
    await remote.close();
    expect(spools.opened.map(({ released }) => released)).toEqual([true]);
    expect(await failure).toMatchObject({ code: 'server_stopping' });
    const options = { keyId: 'key_0', openSpool: spools.openSpool, signal: new AbortController().signal };
    const late = remote.fetchPicture('mask', `${origin.url}/picture`, options);
    await expect(late).rejects.toMatchObject({ code: 'server_stopping' });
  });
});
