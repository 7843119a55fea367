import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toBytes } from '../../src/core/bytes.ts';
import { measure } from '../../src/images/index.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

const root = join(import.meta.dirname, '../..');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const python = process.env.RETOUCH_TEST_PYTHON;

interface Block {
  heading: string;
  language: string;
  code: string;
}

const blocks: readonly Block[] = readme.split(/^## /m).flatMap((section) => {
  const [heading = ''] = section.split('\n', 1);
  return [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    ...{ heading, language, code },
  }));
});
const find = (heading: string, language: string, has: string): Block =>
  blocks.find(
    (block) => block.heading === heading && block.language === language && block.code.includes(has),
  ) ?? expect.unreachable(`no ${language} under ${heading} with ${has}`);

let started: Awaited<ReturnType<typeof startVendorGateway>>;
let folder: string;

beforeAll(async () => {
  started = await startVendorGateway();
  folder = await mkdtemp(join(tmpdir(), 'retouch-readme-'));
  for (const name of ['examples', 'node_modules']) await symlink(join(root, name), join(folder, name));
});
afterAll(async () => {
  await started.close();
  await rm(folder, { recursive: true });
});

/** Runs the block as the README says, from a folder with the examples, and gives the file it writes. */
async function follow({ language, code }: Block, key: string, written = 'edited.png'): Promise<Buffer> {
  const runners: Record<string, readonly [program: string, file: string]> = {
    sh: ['sh', 'block.sh'],
    python: [python ?? '', 'block.py'],
    ts: [process.execPath, 'block.mts'],
  };
  const [program, file] = runners[language] ?? expect.unreachable(language);
  await rm(join(folder, written), { force: true });
  await writeFile(join(folder, file), code);
  const env = { PATH: process.env.PATH, RETOUCH_URL: started.gateway.api, RETOUCH_KEY: key };
  await promisify(execFile)(program, [file], { cwd: folder, env });
  return readFile(join(folder, written));
}

const measurePng = async (bytes: Buffer) => {
  const limits = { maxImageSide: 16_384, maxImagePixels: 50_000_000 };
  const facts = await measure('edited.png', { encoding: 'binary', bytes: toBytes(bytes) }, limits);
  return [facts.format, facts.width, facts.height];
};

test('the start is two commands that package.json knows', async () => {
  expect(find('Start', 'sh', 'npm').code).toBe('npm ci\nnpm start\n');
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect(scripts.start).toMatch(/^exec node .* src\/start\.js$/);
  expect(find('Start', 'sh', 'export').code).toBe(
    'export RETOUCH_URL=http://127.0.0.1:8787/api/v1\nexport RETOUCH_KEY=rt_test_...\n',
  );
});

test.each(['testKey', 'liveKey'] as const)('the curl edit is true with a %s', async (kind) => {
  const edited = await follow(find('First edit', 'sh', '/images/edits'), started.gateway[kind]);
  expect(await measurePng(edited)).toEqual(['png', 1200, 800]);
});

test.each(['testKey', 'liveKey'] as const)('the TypeScript edit is true with a %s', async (kind) => {
  const edited = await follow(find('First edit', 'ts', 'images.edit'), started.gateway[kind]);
  expect(await measurePng(edited)).toEqual(['png', ...(kind === 'testKey' ? [1536, 1024] : [1024, 1024])]);
});

test.skipIf(!python).each(['testKey', 'liveKey'] as const)(
  'the Python edit is true with a %s',
  async (kind) => {
    const edited = await follow(find('First edit', 'python', 'images.edit'), started.gateway[kind]);
    expect(await measurePng(edited)).toEqual(['png', 1536, 1024]);
  },
);

test('the edit in chat is true', async () => {
  const edited = await follow(find('First edit', 'sh', '/chat/completions'), started.gateway.testKey);
  expect((await measurePng(edited))[0]).toBe('png');
});

test('the simulated failure is true', async () => {
  const answer = await follow(
    find('Test mode', 'sh', 'retouch-simulate'),
    started.gateway.testKey,
    'answer.txt',
  );
  expect(String(answer)).toMatch(/^HTTP\/1\.1 429 .*^retry-after: \d+.*"code":"rate_limit_exceeded"/ms);
});

test('no block is left untried, and every link leads somewhere', async () => {
  expect(blocks.map(({ heading, language }) => [heading, language])).toEqual([
    ['Start', 'sh'],
    ['Start', 'sh'],
    ['First edit', 'sh'],
    ['First edit', 'python'],
    ['First edit', 'ts'],
    ['First edit', 'sh'],
    ['Test mode', 'sh'],
  ]);
  const links = [...readme.matchAll(/\]\(([^)#]+)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(8);
  for (const link of links) await access(join(root, link));
});
