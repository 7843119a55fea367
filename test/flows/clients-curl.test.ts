import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { mask, picture, toDataUrl, toPictures } from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;
let folder: string;

const second = createPng({ width: 64, height: 48, colour: [1, 2, 3] });
/** Above the megabyte from which curl asks first whether the body is wanted. */
const large = createPng({ width: 64, height: 48, provenanceBytes: 3_000_000 });
const answered = createPng({ width: 1024, height: 1024, provenanceBytes: 300 });

beforeAll(async () => {
  started = await startVendorGateway();
  folder = await mkdtemp(join(tmpdir(), 'retouch-curl-'));
  const images = [{ image_url: toDataUrl(picture) }, { image_url: toDataUrl(second) }];
  const json = {
    model: 'gpt-image-2',
    prompt: 'make it blue',
    images,
    mask: { image_url: toDataUrl(mask) },
    n: 1,
  };
  await Promise.all([
    writeFile(join(folder, 'cat.png'), picture),
    writeFile(join(folder, 'second.png'), second),
    writeFile(join(folder, 'mask.png'), mask),
    writeFile(join(folder, 'large.png'), large),
    writeFile(join(folder, 'edit.json'), JSON.stringify(json)),
  ]);
});

afterAll(async () => {
  await started.close();
  await rm(folder, { recursive: true });
});

const form = ['-F', 'model=openai/gpt-image-1', '-F', 'prompt=make it blue'];
const hashes = () => started.vendor.calls.at(-1)?.files.map(({ name, sha256 }) => [name, sha256]);

interface Answer {
  status: number;
  uploadedBytes: number;
  /** What curl said to the server and heard from it, without bodies. */
  talk: string;
  body: { data: { b64_json?: string }[]; error?: { code: string } };
}

async function curl(words: readonly string[], key = started.gateway.liveKey): Promise<Answer> {
  const { stdout, stderr } = await promisify(execFile)(
    'curl',
    [
      ...['-sSv', '--max-time', '25', '-w', '\n%{http_code} %{size_upload}'],
      ...[`${started.gateway.api}/images/edits`, '-H', `Authorization: Bearer ${key}`, ...words],
    ],
    { cwd: folder, maxBuffer: 2 ** 26 },
  );
  const [body = '', numbers = ''] = stdout.split(/\n(?=[^\n]*$)/);
  const [status = 0, uploadedBytes = 0] = numbers.split(' ').map(Number);
  return { status, uploadedBytes, talk: stderr, body: JSON.parse(body) };
}

const [one, two, three] = [toSha256(picture), toSha256(second), toSha256(mask)];

test.each([
  ['one picture', ['-F', 'image=@cat.png'], [['image', one]]],
  ['one picture named as a list', ['-F', 'image[]=@cat.png'], [['image', one]]],
  [
    'a repeated image',
    ['-F', 'image=@cat.png', '-F', 'image=@second.png'],
    [
      ['image[]', one],
      ['image[]', two],
    ],
  ],
  [
    'several image[]',
    ['-F', 'image[]=@second.png', '-F', 'image[]=@cat.png'],
    [
      ['image[]', two],
      ['image[]', one],
    ],
  ],
  [
    'numbered images',
    ['-F', 'image[1]=@second.png', '-F', 'image[0]=@cat.png'],
    [
      ['image[]', one],
      ['image[]', two],
    ],
  ],
  [
    'a mask',
    ['-F', 'mask=@mask.png', '-F', 'image=@cat.png'],
    [
      ['image', one],
      ['mask', three],
    ],
  ],
  [
    'a mask named as a list',
    ['-F', 'image=@cat.png', '-F', 'mask[]=@mask.png'],
    [
      ['image', one],
      ['mask', three],
    ],
  ],
  ['a type that is wrong', ['-F', 'image=@cat.png;type=text/html;filename=a.svg'], [['image', one]]],
] as const)('curl sends %s', async (_name, words, sent) => {
  const { status, body } = await curl([...form, ...words]);
  expect([status, body.error]).toEqual([200, undefined]);
  expect(hashes()).toEqual(sent);
  expect(toPictures(body).map(toSha256)).toEqual([toSha256(answered)]);
});

test('curl sends pictures before everything else', async () => {
  const files = ['-F', 'image=@cat.png', '-F', 'mask=@mask.png'];
  const { status } = await curl([...files, '-F', 'prompt=make it blue', '-F', 'model=gpt-image-2']);
  expect(status).toBe(200);
  expect(hashes()).toEqual([
    ['image', one],
    ['mask', three],
  ]);
});

test('curl asks before it sends a large picture, and is told to go on', async () => {
  const { status, talk, uploadedBytes } = await curl([...form, '-F', 'image=@large.png']);
  expect(talk).toMatch(/> Expect: 100-continue/);
  expect(talk).toMatch(/< HTTP\/1\.1 100 Continue/);
  expect([status, hashes()]).toEqual([200, [['image', toSha256(large)]]]);
  expect(uploadedBytes).toBeGreaterThan(large.length);
});

test('curl sends nothing of a large picture when the key is wrong', async () => {
  const callsBefore = started.vendor.calls.length;
  const { status, talk, uploadedBytes, body } = await curl(
    [...form, '-F', 'image=@large.png'],
    'rt_live_wrong',
  );
  expect([status, body.error?.code, uploadedBytes]).toEqual([401, 'invalid_api_key', 0]);
  expect(talk).toMatch(/> Expect: 100-continue/);
  expect(started.vendor.calls.length).toBe(callsBefore);
});

test('curl reads the refusal also where it sends without asking', async () => {
  const { status, body } = await curl([...form, '-F', 'image=@large.png', '-H', 'Expect:'], 'rt_live_wrong');
  expect([status, body.error?.code]).toEqual([401, 'invalid_api_key']);
});

test('curl sends in chunks, without a length', async () => {
  const { status, talk } = await curl([
    ...form,
    '-F',
    'image=@large.png',
    '-H',
    'Transfer-Encoding: chunked',
  ]);
  expect(talk).toMatch(/> Transfer-Encoding: chunked/i);
  expect([status, hashes()]).toEqual([200, [['image', toSha256(large)]]]);
});

test('curl sends JSON with data URLs', async () => {
  const json = ['-H', 'Content-Type: application/json', '--data-binary', '@edit.json'];
  const { status, body } = await curl(json);
  expect([status, body.error]).toEqual([200, undefined]);
  expect(hashes()).toEqual([
    ['image[]', one],
    ['image[]', two],
    ['mask', three],
  ]);
  expect(toPictures(body).map(toSha256)).toEqual([toSha256(answered)]);
});
