import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../test/support/database.ts';
import { openDataFolder } from './data-folder.ts';
import { openStore } from './open.ts';

/** Writes settings, 20 at a time, and says each name only once it is told that it is stored. */
const writer = `
  import { openDataFolder, openStore } from '${new URL('./index.ts', import.meta.url)}';
  const [path, round] = process.argv.slice(1);
  const folder = await openDataFolder(path);
  const { settings } = await openStore({ path: folder.databasePath });
  let count = 0;
  const write = async () => {
    for (;;) {
      const name = round + '-' + count++;
      await settings.keep(name, 'stored');
      process.stdout.write(name + '\\n');
    }
  };
  for (let lane = 0; lane < 20; lane++) write();`;

async function killWhileWriting(path: string, round: number): Promise<string[]> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--input-type=module', '-e', writer, path, String(round)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', (name) => acknowledged.push(name));
  await once(lines, 'line');
  await wait(20 + Math.random() * 80);
  child.kill('SIGKILL');
  await once(lines, 'close');
  return acknowledged;
}

test('what was acknowledged is there after kill -9, ten times over', { timeout: 120_000 }, async () => {
  const path = await createTemporaryFolder();
  const acknowledged: string[] = [];
  for (let round = 0; round < 10; round++) acknowledged.push(...(await killWhileWriting(path, round)));
  expect(acknowledged.length).toBeGreaterThan(100);

  const folder = await openDataFolder(path);
  const store = await openStore({ path: folder.databasePath });
  const found = await Promise.all(acknowledged.map((name) => store.settings.find(name)));
  const lost = acknowledged.filter((_, index) => found[index] !== 'stored');
  await store.close();
  folder.close();
  expect(lost).toEqual([]);
});
