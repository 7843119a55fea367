import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCorpus } from '../support/corpora.ts';
import { toSha256 } from '../support/edit-call.ts';
import {
  encodeForm,
  openSocket,
  picture,
  postEdit,
  type RawAnswer,
  readToEnd,
  toEditHead,
  toEntries,
} from '../support/edit-post.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeAll(async () => {
  started = await startVendorGateway({ RETOUCH_SPOOL_MEMORY_BYTES: '0' });
});

afterAll(() => started.close());

interface Upload {
  type: string;
  body: Buffer;
  /** As declared. */
  length?: number;
  /** Hangs up after the last byte, without waiting for an answer. */
  closeEarly?: boolean;
}

/** Sends it all over a connection of its own, which must be over within five seconds. */
async function upload({ type, body, length = body.length, closeEarly = false }: Upload) {
  const socket = await openSocket(started.gateway);
  const answer = readToEnd(socket);
  socket.write(toEditHead(started.gateway, type, length, 'connection: close'));
  socket.write(body, () => closeEarly && socket.destroy());
  return inTime(answer);
}

async function inTime(answer: Promise<RawAnswer | undefined>): Promise<RawAnswer | undefined> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error('open after five seconds')), 5_000);
  return Promise.race([answer, timeout.promise]).finally(() => clearTimeout(timer));
}

const codeOf = (answer: RawAnswer | undefined): unknown => JSON.parse(answer?.text ?? '{}').error?.code;
const countCalls = (): number => started.vendor.calls.length;

const ownMultipart = openCorpus('own-multipart');

describe.skipIf(ownMultipart.isAbsent)(
  'multipart bodies, one for each advisory about multipart parsers',
  () => {
    interface Sample {
      file: string;
      contentType: string;
      contentLengthExtra: number;
      closeEarly: boolean;
    }
    const samples: Sample[] = ownMultipart.isAbsent
      ? []
      : JSON.parse(String(ownMultipart.read('index.json')));
    const toUpload = ({ contentType, contentLengthExtra, closeEarly }: Sample, body: Buffer): Upload => ({
      ...{ type: contentType, body, closeEarly },
      length: body.length + contentLengthExtra,
    });

    test.each(samples)('$file is refused as it is', async (sample) => {
      const callsBefore = countCalls();
      const answer = await upload(toUpload(sample, ownMultipart.read(sample.file)));
      if (!sample.closeEarly)
        expect([answer?.status, typeof codeOf(answer)]).toEqual([expect.toBeOneOf([400, 413]), 'string']);
      expect(countCalls()).toBe(callsBefore);
    });

    /** Those that are good forms: with a model and a real picture they are edits. */
    const valid = [
      '00-valid.bin',
      '24-lf_only.bin',
      '25-preamble_1MB.bin',
      '26-epilogue_1MB.bin',
      '31-ct_case.bin',
      '32-ct_proto.bin',
    ];

    test.each(samples)(
      '$file, with a model and a real picture put in, is an edit or is refused',
      async (sample) => {
        const callsBefore = countCalls();
        const answer = await upload(toUpload(sample, toEdit(ownMultipart.read(sample.file))));
        const isValid = valid.includes(sample.file);
        expect(answer?.status === 200).toBe(isValid);
        if (!isValid && !sample.closeEarly) expect(codeOf(answer)).toBeTypeOf('string');
        expect(countCalls() - callsBefore).toBe(isValid ? 1 : 0);
        if (isValid)
          expect(started.vendor.calls.at(-1)?.files).toMatchObject([{ sha256: toSha256(picture) }]);
      },
    );

    /** A part with the model in front of the first boundary, and a picture where the sample says DATA. */
    function toEdit(sample: Buffer): Buffer {
      const isLfOnly = !sample.includes('\r\n');
      const end = isLfOnly ? '\n' : '\r\n';
      const model = Buffer.from(
        `--XB${end}Content-Disposition: form-data; name="model"${end}${end}gpt-image-2${end}`,
      );
      const first = Math.max(0, sample.indexOf('--XB'));
      const data = sample.indexOf(`${end}${end}DATA${end}`) + 2 * end.length;
      const hasData = data >= 2 * end.length;
      return Buffer.concat([
        sample.subarray(0, first),
        model,
        hasData
          ? Buffer.concat([sample.subarray(first, data), picture, sample.subarray(data + 4)])
          : sample.subarray(first),
      ]);
    }
  },
);

const pythonMultipart = openCorpus('python-multipart/tests/test_data/http');

test.skipIf(pythonMultipart.isAbsent)(
  'every body of python-multipart’s tests is refused, none lingers',
  async () => {
    const callsBefore = countCalls();
    const names = pythonMultipart.list('.http');
    expect(names.length).toBeGreaterThan(25);
    for (const name of names) {
      const expectation = String(pythonMultipart.read(name.replace('.http', '.yaml')));
      const boundary = /^boundary: *['"]?([^'"\n]*)/m.exec(expectation)?.[1] ?? '';
      const answer = await upload({
        type: `multipart/form-data; boundary=${boundary}`,
        body: pythonMultipart.read(name),
      });
      expect([name, answer?.status, typeof codeOf(answer)]).toEqual([name, 400, 'string']);
    }
    expect(countCalls()).toBe(callsBefore);
  },
);

const jsonTestSuite = openCorpus('JSONTestSuite/test_parsing');

test.skipIf(jsonTestSuite.isAbsent)(
  'every document of JSONTestSuite is refused: what is JSON is no edit',
  async () => {
    const callsBefore = countCalls();
    const names = jsonTestSuite.list('.json');
    expect(names.length).toBeGreaterThan(300);
    for (const name of names) {
      const answer = await upload({ type: 'application/json', body: jsonTestSuite.read(name) });
      expect([name, answer?.status, typeof codeOf(answer)]).toEqual([name, 400, 'string']);
      if (name.startsWith('n_')) expect([name, codeOf(answer)]).toEqual([name, 'invalid_json']);
    }
    expect(countCalls()).toBe(callsBefore);
  },
);

const llhttp = openCorpus('llhttp-raw');

test.skipIf(llhttp.isAbsent)(
  'no message of llhttp’s tests, good or bad, keeps a connection or the gateway busy',
  async () => {
    const callsBefore = countCalls();
    const names = llhttp.list('.bin');
    expect(names.length).toBeGreaterThan(200);
    for (const name of names) {
      const socket = await openSocket(started.gateway);
      const answer = readToEnd(socket);
      socket.end(llhttp.read(name));
      const { status = 0 } = (await inTime(answer)) ?? {};
      expect([name, status < 500]).toEqual([name, true]);
    }
    expect(countCalls()).toBe(callsBefore);
    expect((await fetch(`${started.gateway.url}/healthz`)).status).toBe(200);
  },
);

const blns = openCorpus('blns');

describe.skipIf(blns.isAbsent)('naughty strings as prompts', () => {
  const prompts: string[] = blns.isAbsent ? [] : JSON.parse(String(blns.read('blns.json')));
  const boundary = 'f9a2c6d1e07b4358';
  const part = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const toMultipart = (prompt: string, user: string): Upload => ({
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
      Buffer.from(part('model', 'gpt-image-2') + part('user', user) + part('prompt', prompt)),
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n`),
      picture,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  });
  const image = `data:image/png;base64,${picture.toString('base64')}`;
  const toJson = (prompt: string, user: string): Upload => ({
    type: 'application/json',
    body: Buffer.from(JSON.stringify({ model: 'gpt-image-2', user, images: [image], prompt })),
  });

  test.each([
    ['multipart', toMultipart],
    ['JSON', toJson],
  ])('arrive at the vendor to the byte, sent as %s', { timeout: 60_000 }, async (form, toUpload) => {
    expect(prompts.length).toBe(515);
    const waiting = prompts.map((prompt, index) => ({ prompt, user: `${form}-${index}` }));
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const answer = await upload(toUpload(next.prompt, next.user));
        const isBlank = next.prompt.trim() === '';
        expect([next.prompt, answer?.status]).toEqual([next.prompt, isBlank ? 400 : 200]);
        if (isBlank) expect(codeOf(answer)).toBe('missing_required_parameter');
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    const arrived = new Map(started.vendor.calls.map(({ fields }) => [fields.user, fields.prompt]));
    for (const [index, prompt] of prompts.entries()) {
      expect(arrived.get(`${form}-${index}`)).toBe(prompt.trim() === '' ? undefined : prompt);
    }
  });
});

test('garbage behind a request is never answered in the middle of the running answer', async () => {
  started.vendor.script({ eventDelayMs: 300 });
  const { type, body } = await encodeForm(toEntries(['stream', 'true'], ['partial_images', '2']));
  const socket = await openSocket(started.gateway);
  const answer = readToEnd(socket);
  socket.write(toEditHead(started.gateway, type, body.length));
  socket.write(body);
  await once(socket, 'data');
  socket.write('this is not HTTP\r\n\r\n');
  const { status, text } = (await inTime(answer)) ?? expect.unreachable('no answer');
  expect(status).toBe(200);
  expect(text).toContain('image_edit.partial_image');
  expect(text).not.toContain('invalid_http');
});

test('garbage behind a whole request does not take the place of its answer', async () => {
  started.vendor.script({ delayMs: 500 });
  const callsBefore = countCalls();
  const { type, body } = await encodeForm(toEntries());
  const socket = await openSocket(started.gateway);
  const answer = readToEnd(socket);
  socket.write(toEditHead(started.gateway, type, body.length));
  socket.write(body);
  await expect.poll(() => started.vendor.calls.length).toBe(callsBefore + 1);
  socket.write('this is not HTTP\r\n\r\n');
  const { status, text } = (await inTime(answer)) ?? expect.unreachable('no answer');
  expect([status, JSON.parse(text).data.length]).toEqual([200, 1]);
});

test.each([
  ['no Host', 'connection: close\r\n', /no Host header/],
  [
    'two hosts',
    'host: localhost\r\nhost: evil.example\r\nconnection: close\r\n',
    /more than one Host header/,
  ],
  [
    'two keys',
    'host: localhost\r\nauthorization: Bearer a\r\nAuthorization: Bearer b\r\nconnection: close\r\n',
    /more than one Authorization header/,
  ],
  ['an expectation', 'host: localhost\r\nexpect: tea\r\nconnection: close\r\n', /only 100-continue/],
  ['a broken header', 'host: localhost\r\n: \r\n', /not valid HTTP/],
])('a request with %s is refused in our words', async (_what, headers, message) => {
  const socket = await openSocket(started.gateway);
  const answer = readToEnd(socket);
  socket.write(`GET /healthz HTTP/1.1\r\n${headers}\r\n`);
  const { status, headers: told, text } = (await inTime(answer)) ?? expect.unreachable('no answer');
  expect(status).toBe(400);
  expect(JSON.parse(text)).toMatchObject({
    error: { code: 'invalid_http', message: expect.stringMatching(message) },
  });
  expect(told).toMatchObject({ 'x-should-retry': 'false', 'x-request-id': expect.stringMatching(/^req_/) });
});

test('a body that no route reads gets one answer, and its connection ends with it', async () => {
  const socket = await openSocket(started.gateway);
  const answer = readToEnd(socket);
  socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\nnot all of it');
  await once(socket, 'data');
  socket.end();
  const { status, text } = (await inTime(answer)) ?? expect.unreachable('no answer');
  expect([status, text]).toEqual([200, '{"status":"ok"}']);
});

test.each([
  ['POST', '/v1/images/generations', 404, undefined],
  ['GET', '/v1/images/variations', 404, undefined],
  ['GET', '/v1/images/edits', 405, 'POST'],
  ['PUT', '/api/v1/images/edits', 405, 'POST'],
  ['POST', '/v1/images/img_0123', 405, 'GET, HEAD'],
  ['DELETE', '/v1/models/openai/gpt-image-2', 405, 'GET, HEAD'],
  ['GET', '/v1/models/%zz', 404, undefined],
  ['PUT', '/admin/v1/keys/key_1', 405, 'GET, HEAD, PATCH, DELETE'],
])('%s %s is answered with %i', async (method, path, status, allowed) => {
  const answer = await fetch(`${started.gateway.url}${path}`, { method });
  expect([answer.status, answer.headers.get('allow') ?? undefined]).toEqual([status, allowed]);
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe(status === 404 ? 'not_found' : 'method_not_allowed');
  expect(error.message).not.toMatch(/undefined|FST/);
});

test('after all of it the gateway is as it was', async () => {
  const { gateway } = started;
  await expect.poll(() => gateway.spooledFiles(), { timeout: 5_000 }).toEqual([]);
  expect((await postEdit(gateway, toEntries())).status).toBe(200);
  expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
});
