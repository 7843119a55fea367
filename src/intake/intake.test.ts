import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createNoise, createPng } from '../../test/support/small-png.ts';
import { readAll } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import type { Config } from '../core/setting.ts';
import { intakeSettings } from './config.ts';
import { drain } from './drain.ts';
import { createIntake, type Intake } from './intake.ts';

const knownFields = ['model', 'prompt', 'n'];
const mebibyte = 1024 * 1024;
const defaults = Object.fromEntries(
  Object.entries(intakeSettings).map(([name, setting]) => [name, setting.default]),
) as unknown as Config<typeof intakeSettings>;

let directory: string;
let intake: Intake;
let server: Server;
/** Requests whose handler has not come to its end. */
let pending = 0;
let highestMemory = 0;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'retouch-intake-')), 'spool');
  await start(defaults.spoolMemoryBytes);
});
afterEach(async () => {
  await stop();
  await rm(join(directory, '..'), { recursive: true, force: true });
});

async function start(spoolMemoryBytes: number): Promise<void> {
  intake = createIntake({
    ...defaults,
    spoolMemoryBytes,
    maxImageSide: 16_384,
    maxImagePixels: 50_000_000,
    maxRequestPixels: 800_000_000,
    directory,
  });
  await intake.sweep();
  server = createServer((request, response) => void serve(request, response));
  server.on('checkContinue', (request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await intake.close();
}

/** What the http room does, in short: answer with what was read, or with the refusal, and let go of everything. */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  pending += 1;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const arrival = intake.receive({
    keyId: 'key_test',
    id: 'req_test',
    request,
    response,
    signal: gone.signal,
  });
  try {
    const { fields, images, mask } = await arrival.readEdit(knownFields);
    highestMemory = Math.max(highestMemory, intake.stats().memoryBytes);
    const pictures = images.map(({ name, facts, byteLength }) => ({ name, byteLength, ...facts }));
    response.end(JSON.stringify({ fields, pictures, mask: mask?.facts, bytesIn: arrival.bytesIn }));
  } catch (error) {
    const code = error instanceof RetouchError ? error.code : `not ours: ${error}`;
    const status = error instanceof RetouchError ? error.row.status : 500;
    const body = JSON.stringify({ code });
    response.writeHead(status, { connection: 'close', 'content-length': body.length });
    response.write(body);
    if (!request.complete) await drain(request, { maxMs: 2_000 });
    response.end();
  } finally {
    await arrival.release();
    pending -= 1;
  }
}

function open(): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

interface Message {
  contentType: string;
  contentLength: number;
  body: Buffer;
  closeEarly?: boolean;
}

/** Sends a request as it is given and reads the whole answer; undefined: none came. */
async function send({ contentType, contentLength, body, closeEarly }: Message) {
  const socket = open();
  const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${contentType}\r\nContent-Length: ${contentLength}\r\n\r\n`;
  socket.write(head);
  socket.write(body);
  if (closeEarly) socket.end();
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  await once(socket, 'close');
  const [, status, json] = /^HTTP\/1\.1 (\d+).*?\r\n\r\n(.*)$/s.exec(Buffer.concat(pieces).toString()) ?? [];
  return status === undefined ? undefined : { status: Number(status), ...JSON.parse(json || '{}') };
}

const multipart = 'multipart/form-data; boundary=XB';
const file = (name: string, bytes: Buffer) =>
  Buffer.concat([
    Buffer.from(`--XB\r\nContent-Disposition: form-data; name="${name}"; filename="a.png"\r\n\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]);
const form = (...parts: Buffer[]) => Buffer.concat([...parts, Buffer.from('--XB--\r\n')]);
const sendForm = (body: Buffer) => send({ contentType: multipart, contentLength: body.length, body });

/** Once every handler is done: no file, no scope, no memory. */
async function expectNothingLeft(): Promise<void> {
  for (let waited = 0; pending > 0 && waited < 5_000; waited += 20) await delay(20);
  expect(pending).toBe(0);
  expect(intake.stats()).toEqual({ memoryBytes: 0, diskBytes: 0, openScopes: 0, openSpools: 0 });
  expect(await readdir(directory)).toEqual([]);
}

/** Of the spool's files; other tests of this process open and close their own. */
async function listOpenFiles(): Promise<string[]> {
  const descriptors = existsSync('/proc/self/fd') ? await readdir('/proc/self/fd') : [];
  const paths = descriptors.map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => ''));
  return (await Promise.all(paths)).filter((path) => path.startsWith(directory));
}

test('pictures and the mask are known by their headers', async () => {
  const png = createPng({ width: 8, height: 6 });
  const mask = createPng({ width: 8, height: 6, colour: [0, 0, 0, 0] });
  expect(await sendForm(form(file('image[]', png), file('mask', mask)))).toMatchObject({
    status: 200,
    pictures: [{ name: 'image[0]', byteLength: png.length, format: 'png', width: 8, height: 6 }],
    mask: { format: 'png', hasAlpha: true },
  });
  const body = Buffer.from(JSON.stringify({ image: `data:image/webp;base64,${png.toString('base64')}` }));
  expect(await send({ contentType: 'application/json', contentLength: body.length, body })).toMatchObject({
    status: 200,
    pictures: [{ name: 'image', byteLength: png.length, format: 'png' }],
    bytesIn: body.length,
  });
  await expectNothingLeft();
});

test('a picture that is none and a mask that does not fit are refused', async () => {
  const png = createPng({ width: 8, height: 6 });
  const wrongMask = createPng({ width: 6, height: 8, colour: [0, 0, 0, 0] });
  expect(await sendForm(form(file('image', Buffer.from('GIF89a'))))).toEqual({
    status: 400,
    code: 'unsupported_image_format',
  });
  expect(await sendForm(form(file('image', png), file('mask', wrongMask)))).toEqual({
    status: 400,
    code: 'mask_size_mismatch',
  });
  await expectNothingLeft();
});

const corpus = fileURLToPath(new URL('../../../shared/corpora/own-multipart/', import.meta.url));

/** What each body is answered with; their pictures are no pictures, so none is taken. */
const answers: Record<string, string | undefined> = {
  '00-valid': 'unsupported_image_format',
  '01-no_terminator': 'invalid_multipart',
  '02-truncated_in_header': 'invalid_multipart',
  '03-truncated_in_file': 'invalid_multipart',
  '04-header_never_ends_before_boundary': 'invalid_multipart',
  '05-header_no_blank_line': 'invalid_multipart',
  '06-parts_limit_then_cut': 'unknown_parameter',
  '07-files_17': 'too_many_images',
  '08-fields_5000': 'unknown_parameter',
  '09-empty_parts_5000': 'invalid_multipart',
  '10-field_value_10MB': 'request_too_large',
  '11-part_header_1MB': 'invalid_multipart',
  '12-part_headers_20000': 'invalid_multipart',
  '13-name_proto': 'unknown_parameter',
  '14-name_proto_nested': 'unknown_parameter',
  '15-name_nested_10000': 'invalid_multipart',
  '16-name_array_index': 'unknown_parameter',
  '17-name_array_index2': 'unknown_parameter',
  '18-no_name': 'invalid_multipart',
  '19-dup_content_disposition': 'invalid_multipart',
  '20-filename_traversal': 'unsupported_image_format',
  '21-filename_nul_crlf': 'invalid_multipart',
  '22-filename_64k': 'invalid_multipart',
  '23-filename_star_bad': 'unsupported_image_format',
  '24-lf_only': 'unsupported_image_format',
  '25-preamble_1MB': 'unsupported_image_format',
  '26-epilogue_1MB': 'unsupported_image_format',
  '27-boundary_missing': 'invalid_multipart',
  '28-boundary_empty': 'invalid_multipart',
  '29-boundary_2000': 'invalid_multipart',
  '30-boundary_dup': 'invalid_multipart',
  '31-ct_case': 'unsupported_image_format',
  '32-ct_proto': 'unsupported_image_format',
  '33-almost_boundary_flood': 'unsupported_image_format',
  '34-cr_flood': 'unsupported_image_format',
  '35-b64_transfer_encoding': 'invalid_multipart',
  '36-nested_multipart': 'invalid_multipart',
  // A form without fields: what is missing is said by whoever knows what is needed.
  '37-only_terminator': undefined,
  '38-empty_body': 'invalid_multipart',
  '39-garbage': 'invalid_multipart',
};

describe.skipIf(!existsSync(corpus))(
  'own multipart bodies over a real socket (../shared/corpora must be there)',
  () => {
    test('each gets its answer or, where its caller goes early, leaves nothing behind', async () => {
      const index = JSON.parse(readFileSync(`${corpus}index.json`, 'utf8'));
      expect(index).toHaveLength(43);
      for (const { file: name, contentType, contentLengthExtra, closeEarly } of index) {
        const body = readFileSync(corpus + name);
        const started = performance.now();
        const answer = await send({
          contentType,
          contentLength: body.length + contentLengthExtra,
          body,
          closeEarly,
        });
        const code = answers[name.replace('.bin', '')];
        if (!closeEarly) expect(answer, name).toMatchObject(code ? { code } : { status: 200 });
        if (code) expect([400, 413], name).toContain(answer?.status);
        expect(performance.now() - started, name).toBeLessThan(4_000);
        await expectNothingLeft();
      }
    });
  },
);

test('200 uploads that are broken off leave no file, no open file and no memory', async () => {
  await stop();
  await start(mebibyte);
  const body = form(file('image', createPng({ width: 8, height: 6, provenanceBytes: 400_000 })));
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const socket = open();
        socket.write(
          `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${multipart}\r\nContent-Length: ${body.length}\r\n\r\n`,
        );
        // Cut anywhere: in the headers, in memory, in the file, before the last byte; rudely or with a FIN.
        const cut = Math.floor((body.length * index) / 20) + round;
        socket.write(body.subarray(0, cut), () => (index % 2 ? socket.destroy() : socket.end()));
        socket.resume();
        await once(socket, 'close');
      }),
    );
  }
  await expectNothingLeft();
  expect(await listOpenFiles()).toEqual([]);
}, 60_000);

test('50 uploads of 2 MB at once stay under the cap of the memory they share', async () => {
  await stop();
  const cap = 8 * mebibyte;
  await start(cap);
  highestMemory = 0;
  const body = form(file('image', createPng({ width: 8, height: 6, provenanceBytes: 2_000_000 })));
  const answers = await Promise.all(Array.from({ length: 50 }, () => sendForm(body)));
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, pictures: [{ name: 'image' }] });
  expect(highestMemory).toBeGreaterThan(0);
  expect(highestMemory).toBeLessThanOrEqual(cap);
  await expectNothingLeft();
});

test('a body that is longer than it says it may be is refused before it is sent', async () => {
  const socket = open();
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: ${multipart}\r\nContent-Length: ${851 * mebibyte}\r\n\r\n`,
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
  await expectNothingLeft();
});

test('a caller that waits for 100 Continue gets it, and then the answer', async () => {
  const body = form(file('image', createPng({ width: 8, height: 6 })));
  const socket = open();
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: ${multipart}\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const [first] = await once(socket, 'data');
  expect(String(first)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write(body);
  const [second] = await once(socket, 'data');
  expect(String(second)).toMatch(/^HTTP\/1\.1 200 /);
  await once(socket, 'close');
  await expectNothingLeft();
});

test('a caller that is refused at once and sends on all the same can read the answer', async () => {
  const noise = createNoise(65_536);
  const body = Buffer.concat([
    Buffer.from('--XB\r\nContent-Disposition: form-data; name="foo"\r\n\r\n'),
    ...Array<Buffer>(300).fill(noise),
  ]);
  expect(await sendForm(body)).toEqual({ status: 400, code: 'unknown_parameter' });
  await expectNothingLeft();
}, 15_000);

test('bodies without a declared length are read to their end', async () => {
  const png = createPng({ width: 8, height: 6 });
  const pieces = form(file('image', png));
  const { port } = server.address() as AddressInfo;
  const response = await fetchStreaming(port, pieces);
  expect(response).toMatchObject({
    pictures: [{ name: 'image', byteLength: png.length }],
    bytesIn: pieces.length,
  });
  await expectNothingLeft();
});

/** With `Transfer-Encoding: chunked`, one byte a chunk. */
async function fetchStreaming(port: number, body: Buffer): Promise<unknown> {
  const socket = connect(port, '127.0.0.1');
  const chunks = Array.from(body, (byte) =>
    Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')]),
  );
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${multipart}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  socket.write(Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]));
  const answer = await readAll({ size: 0, read: () => socket }, 1e6);
  return JSON.parse(
    answer
      .toString()
      .replace(/^.*?\r\n\r\n[0-9a-f]*\r?\n?/s, '')
      .replace(/\r\n0\r\n\r\n$/, ''),
  );
}
