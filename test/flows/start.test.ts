import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { settings } from '../../src/config.ts';
import type { Setting } from '../../src/core/setting.ts';
import { sniff } from '../../src/images/index.ts';
import { spawnGateway } from '../support/process.ts';

const run = promisify(execFile);

test('the first start prints keys and a line that edits a picture when it is pasted', async () => {
  await using gateway = await spawnGateway();
  const page = await gateway.printed(/Stop with Ctrl\+C/);
  expect(page).toMatch(/rt_live_[0-9A-Za-z]{38}\b/);
  expect(page).toMatch(/rt_test_[0-9A-Za-z]{38}\b/);
  expect(page).toMatch(/rt_admin_[0-9A-Za-z]{38}\b/);
  expect((await stat(gateway.dataDirectory)).mode & 0o777).toBe(0o700);
  const line = page.split('\n').find((text) => text.trim().startsWith('curl')) ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'retouch-paste-'));
  await run('sh', ['-c', line], { cwd: folder });
  expect(sniff(await readFile(join(folder, 'edited.png'))).format).toBe('png');
  await rm(folder, { recursive: true });
});

test('a later start shows no key, keeps the old ones, and says how to make another', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'retouch-again-'));
  const environment = { RETOUCH_DATA_DIR: dataDirectory };
  const first = await spawnGateway(environment);
  const firstPage = await first.printed(/Stop with/);
  const [liveKey] = firstPage.match(/rt_live_\w+/) ?? [];
  const [adminKey = ''] = firstPage.match(/rt_admin_\w+/) ?? [];
  first.child.kill('SIGTERM');
  expect(await first.exited()).toBe(0);
  await using second = await spawnGateway(environment);
  const page = await second.printed(/Stop with/);
  expect(page).not.toMatch(/rt_(live|test|admin)_\w/);
  const pasted = page
    .slice(page.indexOf("  ADMIN_KEY='"), page.indexOf('\n\nModels'))
    .replace('rt_admin_...', adminKey);
  const { stdout } = await run('sh', ['-c', pasted]);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'my program', key: expect.stringMatching(/^rt_live_/) });
  const [base] = page.match(/http:\S+\/api\/v1/) ?? [];
  const answer = await fetch(`${base}/images/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${liveKey}` },
  });
  expect(answer.status).toBe(400);
});

test('all faults in the settings are reported together, in one go, without a stack', async () => {
  await using gateway = await spawnGateway({
    RETOUCH_PORT: 'eighty',
    RETOUCH_RETIRED_MODELS: 'maybe',
    RETOUCH_ADMIN_KEY: 'short',
    RETOUCH_HOST: 'http://localhost',
    RETOUCH_PUBLIC_URL: 'https://user@example.com/?a=1',
    RETOUCH_ALLOWED_HOSTS: 'a.example, b/c',
    RETOUCH_DRAIN_MS: '8_7,',
    OPENAI_BASE_URL: 'ftp://example.com',
  });
  expect(await gateway.exited()).toBe(1);
  const text = gateway.output();
  const wrong = [
    ...['RETOUCH_PORT', 'RETOUCH_RETIRED_MODELS', 'RETOUCH_ADMIN_KEY', 'OPENAI_BASE_URL', 'RETOUCH_HOST'],
    ...['RETOUCH_PUBLIC_URL', 'RETOUCH_ALLOWED_HOSTS', 'RETOUCH_DRAIN_MS'],
  ];
  expect(text).toContain(`${wrong.length} settings are wrong`);
  for (const name of wrong) {
    expect(text).toMatch(new RegExp(`${name} must be .*for example ${name}=`));
  }
  expect(text).not.toContain('short');
  expect(text).not.toContain('    at ');
});

test('a port in use is one clear line', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  await using gateway = await spawnGateway({ RETOUCH_PORT: String(port) });
  expect(await gateway.exited()).toBe(1);
  expect(gateway.output().trim()).toMatch(/^Cannot listen on .*: another program is using it.*RETOUCH_PORT/);
  expect(gateway.output().trim()).not.toContain('\n');
  other.close();
});

test('a data folder that cannot be written is one clear line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'retouch-readonly-'));
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  await chmod(folder, 0o500);
  await using gateway = await spawnGateway({ RETOUCH_DATA_DIR: join(file, 'data') });
  expect(await gateway.exited()).toBe(1);
  expect(gateway.output().trim()).toMatch(/^The data folder .* cannot be used: .*RETOUCH_DATA_DIR/);
  expect(gateway.output().trim()).not.toContain('\n');
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

test('--help lists every setting with its default', async () => {
  await using gateway = await spawnGateway({}, ['--help']);
  expect(await gateway.exited()).toBe(0);
  const help = gateway.output();
  for (const setting of Object.values(settings).flatMap((slice) => Object.values<Setting<unknown>>(slice))) {
    const [, ...after] = help.split(`  ${setting.env}\n`);
    expect(after, setting.env).toHaveLength(1);
    const [, value] = /^ {6}Default: (.*)$/m.exec(after[0] ?? '') ?? [];
    expect(value, setting.env).toBe(setting.default === undefined ? 'not set' : String(setting.default));
  }
});

test('a program’s own variables are no unknown settings, and a mistyped one is', async () => {
  await using gateway = await spawnGateway({
    ...{ RETOUCH_URL: 'http://127.0.0.1:8787/api/v1', RETOUCH_KEY: 'rt_test_x', RETOUCH_PROT: '1' },
  });
  const page = await gateway.printed(/Stop with/);
  expect(page).toContain('"names":["RETOUCH_PROT"]');
});

test.each([[['frobnicate']], [['serve', 'frobnicate']]])(
  'the words %j on the command line are refused',
  async (words) => {
    await using gateway = await spawnGateway({}, words);
    expect(await gateway.exited()).toBe(1);
    expect(gateway.output()).toContain("Unknown word 'frobnicate'");
  },
);
