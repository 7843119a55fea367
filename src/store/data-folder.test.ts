import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../test/support/database.ts';
import { StartFault } from '../core/start-fault.ts';
import { openDataFolder } from './data-folder.ts';

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

async function faultOf(path: string): Promise<string> {
  const fault = await openDataFolder(path).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(StartFault);
  const { message } = fault as StartFault;
  expect(message).not.toContain('\n');
  return message;
}

test('the folder is made, for its owner only', async () => {
  const path = join(await createTemporaryFolder(), 'deep', 'data');
  const folder = await openDataFolder(path);
  folder.close();
  expect(folder).toMatchObject({ path, databasePath: join(path, 'retouch.db') });
  expect(await modeOf(path)).toBe('700');
  expect(await modeOf(join(path, 'retouch.lock'))).toBe('600');
});

test('a folder in use is refused, and free again after close', async () => {
  const path = await createTemporaryFolder();
  const first = await openDataFolder(path);
  expect(await faultOf(path)).toBe(
    `The data folder ${path} is in use by another Retouch. Stop that one, or set RETOUCH_DATA_DIR to another folder.`,
  );
  first.close();
  (await openDataFolder(path)).close();
});

test('another process is kept out too, and a killed one leaves no lock behind', async () => {
  const path = await createTemporaryFolder();
  const script = `
    import { openDataFolder } from '${new URL('./data-folder.ts', import.meta.url)}';
    await openDataFolder(process.argv[1]);
    console.log('open');
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path]);
  await once(child.stdout, 'data');
  expect(await faultOf(path)).toContain('in use by another Retouch');
  child.kill('SIGKILL');
  await once(child, 'exit');
  (await openDataFolder(path)).close();
});

test('what cannot be a data folder is told in one line with the way out', async () => {
  const path = await createTemporaryFolder();
  const file = join(path, 'file');
  await writeFile(file, '');
  const wayOut = 'Set RETOUCH_DATA_DIR to a folder this user can write.';
  expect(await faultOf(file)).toBe(
    `The data folder ${file} cannot be used: it is a file, not a folder. ${wayOut}`,
  );
  expect(await faultOf(join(file, 'below'))).toBe(
    `The data folder ${file}/below cannot be used: part of the path is a file, not a folder. ${wayOut}`,
  );
});

test('a lock that is none is told', async () => {
  const path = await createTemporaryFolder();
  await writeFile(join(path, 'retouch.lock'), 'not a lock'.repeat(100));
  expect(await faultOf(path)).toBe(
    `The data folder ${path} cannot be locked: file is not a database. Set RETOUCH_DATA_DIR to a folder on a local disk.`,
  );
});

test('a folder that was used before and can no longer be written is told', async () => {
  const path = await createTemporaryFolder();
  (await openDataFolder(path)).close();
  const script = `
    import { openDataFolder } from '${new URL('./data-folder.ts', import.meta.url)}';
    await openDataFolder(process.argv[1]).catch((fault) => console.log(fault.message));`;
  // Root may write anywhere; then it is nobody who tries.
  const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
  if (nobody) for (const name of ['.', 'retouch.lock']) await chown(join(path, name), nobody, nobody);
  await chmod(path, 0o500);
  const ids = nobody === undefined ? {} : { uid: nobody, gid: nobody };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], ids);
  const [said] = await once(child.stdout, 'data');
  await chmod(path, 0o700);
  expect(String(said)).toMatch(/cannot be used: this user may not write there\. Set RETOUCH_DATA_DIR/);
});

// Even root may not write there, so this holds whoever runs the tests.
test.skipIf(process.platform !== 'linux')('a folder that cannot be written is told', async () => {
  expect(await faultOf('/proc/self')).toMatch(
    /^The data folder \/proc\/self cannot be used: .+\. Set RETOUCH_DATA_DIR/,
  );
});
