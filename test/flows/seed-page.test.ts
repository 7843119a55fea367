import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { mask, picture, toDataUrl } from '../support/edit-post.ts';
import { toPicture } from '../support/scripted-gemini.ts';
import { createPng } from '../support/small-png.ts';
import { startVendors, type Vendors } from '../support/vendors.ts';

/** Serves `picture` under every path. */
let origin: Server;
let link: string;
let vendors: Vendors;
let folder: string;

beforeAll(async () => {
  origin = createServer((_request, response) => response.end(picture)).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  link = `http://127.0.0.1:${port}/photo.png`;
  vendors = await startVendors({ RETOUCH_IMAGE_URL_ALLOW: `127.0.0.1:${port}` });
  folder = await mkdtemp(join(tmpdir(), 'retouch-seed-page-'));
  await writeFile(join(folder, 'photo.png'), picture);
  await writeFile(join(folder, 'mask.png'), mask);
});

afterAll(async () => {
  await vendors.close();
  origin.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  model?: string;
  data?: { b64_json?: string }[];
  choices?: { message: { images: { image_url: { url: string } }[] } }[];
  warnings?: { param: string }[];
  error?: { code: string };
}

async function run(program: string, words: readonly string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, ...environment };
  const { stdout } = await promisify(execFile)(program, words, { cwd: folder, env, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Answer;
}

const curl = (path: string, key: string, ...words: string[]) =>
  run('curl', [
    '-sS',
    '--max-time',
    '25',
    `${vendors.gateway.api}${path}`,
    '-H',
    `Authorization: Bearer ${key}`,
    ...words,
  ]);

const pictureOf = ({ data, choices, error }: Answer): Buffer => {
  expect(error).toBeUndefined();
  const base64 = data?.[0]?.b64_json ?? choices?.[0]?.message.images[0]?.image_url.url.split(',')[1];
  return Buffer.from(base64 ?? '', 'base64');
};
const sizeOf = async (bytes: Buffer) => {
  const { width, height, format } = await sharp(bytes).metadata();
  return `${format} ${width}x${height}`;
};

const parameters = [
  'n=1',
  'size=1536x1024',
  'output_format=webp',
  'output_compression=80',
  'background=auto',
];
const edit = ['model=openai/gpt-image-1', 'prompt=Add a red hat', 'image=@photo.png', 'mask=@mask.png'];
const form = [...edit, ...parameters].flatMap((field) => ['-F', field]);
const python = process.env.RETOUCH_TEST_PYTHON;
const program = `
import os
from openai import OpenAI

client = OpenAI(base_url=os.environ["RETOUCH_URL"], api_key=os.environ["RETOUCH_KEY"])
result = client.images.edit(
    model="openai/gpt-image-1", image=open("photo.png", "rb"), mask=open("mask.png", "rb"), prompt="Add a red hat"
)
print(result.model_dump_json())
`;

const chat = (url: string): string =>
  JSON.stringify({
    model: 'google/gemini-2.5-flash-image',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Make it black and white' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ],
  });
const sources: readonly [string, () => string][] = [
  ['by link', () => link],
  ['in base64', () => toDataUrl(picture)],
];
const nanoBanana = (key: string, url: string) =>
  curl('/chat/completions', key, '-H', 'Content-Type: application/json', '-d', chat(url));

describe('the examples of the page that this API is from, with a live key', () => {
  const answered = createPng({ width: 1024, height: 1024, provenanceBytes: 300 });

  test('an edit with curl', async () => {
    const answer = await curl('/images/edits', vendors.gateway.liveKey, ...form);
    expect(await sizeOf(pictureOf(answer))).toBe('webp 1536x1024');
    expect(answer.warnings?.map(({ param }) => param)).toEqual(['model']);
    expect(vendors.openai.calls.at(-1)).toMatchObject({
      fields: {
        ...{ model: 'gpt-image-2.5-sunburst', prompt: 'Add a red hat', n: '1', size: '1536x1024' },
        ...{ output_format: 'webp', output_compression: '80', background: 'auto' },
      },
      files: [
        { name: 'image', sha256: toSha256(picture) },
        { name: 'mask', sha256: toSha256(mask) },
      ],
    });
  });

  test.skipIf(!python)('an edit with the Python SDK (needs RETOUCH_TEST_PYTHON)', async () => {
    const { api, liveKey } = vendors.gateway;
    const answer = await run(python ?? '', ['-c', program], { RETOUCH_URL: api, RETOUCH_KEY: liveKey });
    expect(toSha256(pictureOf(answer))).toBe(toSha256(answered));
    expect(vendors.openai.calls.at(-1)?.files.map(({ sha256 }) => sha256)).toEqual(
      [picture, mask].map(toSha256),
    );
  });

  test.each(sources)('Nano Banana in chat, the picture %s', async (_how, url) => {
    const answer = await nanoBanana(vendors.gateway.liveKey, url());
    expect(toSha256(pictureOf(answer))).toBe(toSha256(toPicture({ width: 1184, height: 864 })));
    expect(answer.model).toBe('google/gemini-2.5-flash-image');
    expect(vendors.gemini.calls.at(-1)).toMatchObject({
      model: 'gemini-2.5-flash-image',
      contents: [
        { role: 'user', parts: [{ text: 'Make it black and white' }, { sha256: toSha256(picture) }] },
      ],
    });
  });
});

describe('the same with a test key: no vendor is asked', () => {
  const callCount = (): number => vendors.openai.calls.length + vendors.gemini.calls.length;
  let before: number;
  beforeAll(() => {
    before = callCount();
  });
  afterAll(() => expect(callCount()).toBe(before));

  test('an edit with curl', async () => {
    const answer = await curl('/images/edits', vendors.gateway.testKey, ...form);
    expect(await sizeOf(pictureOf(answer))).toBe('webp 1536x1024');
  });

  test.skipIf(!python)('an edit with the Python SDK (needs RETOUCH_TEST_PYTHON)', async () => {
    const { api, testKey } = vendors.gateway;
    const answer = await run(python ?? '', ['-c', program], { RETOUCH_URL: api, RETOUCH_KEY: testKey });
    expect(await sizeOf(pictureOf(answer))).toMatch(/^png \d+x\d+$/);
  });

  test.each(sources)('Nano Banana in chat, the picture %s', async (_how, url) => {
    const edited = pictureOf(await nanoBanana(vendors.gateway.testKey, url()));
    expect(await sizeOf(edited)).toBe('png 1184x864');
    const { channels } = await sharp(edited).stats();
    const means = channels.slice(0, 3).map(({ mean }) => Math.round(mean));
    expect(new Set(means).size).toBe(1);
  });
});
