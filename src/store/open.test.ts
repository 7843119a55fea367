import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createTemporaryFolder, openTestStore } from '../../test/support/database.ts';
import { StartFault } from '../core/start-fault.ts';
import { type Migration, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openStore } from './open.ts';
import { openSqlite } from './sql.ts';

async function createOldDatabase() {
  const path = join(await createTemporaryFolder(), 'retouch.db');
  const store = await openStore({ path });
  await store.settings.keep('kept', 'since the first version');
  await store.close();
  return path;
}

async function migrateWith(path: string, all: readonly Migration[]) {
  const sql = openSqlite(path);
  await migrate(sql, all).finally(() => sql.close());
}

function readTables(path: string) {
  const database = new DatabaseSync(path);
  const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").all();
  const applied = database.prepare('select number, name from migrations order by number').all();
  database.close();
  return { tables: tables.map((row) => row.name), applied: applied.map((row) => row.name) };
}

const addLabels: Migration = {
  name: '002-labels',
  up: (schema) => [
    schema.createTable('labels').addColumn('name', 'text'),
    schema.createTable('badges').addColumn('name', 'text'),
  ],
};

test('a new database has all tables and can be read by its owner only', async () => {
  const { store, path } = await openTestStore();
  await store.settings.keep('name', 'value');
  expect(readTables(path)).toEqual({
    tables: ['keys', 'migrations', 'requests', 'settings'],
    applied: ['001-init'],
  });
  const modes = ['', '-wal', '-shm'].map(async (end) => ((await stat(path + end)).mode & 0o777).toString(8));
  expect(await Promise.all(modes)).toEqual(['600', '600', '600']);
});

test('opening again changes nothing and keeps what is there', async () => {
  const path = await createOldDatabase();
  const store = await openStore({ path });
  expect(await store.settings.find('kept')).toBe('since the first version');
  await store.close();
  expect(readTables(path).applied).toEqual(['001-init']);
});

test('an older database is brought up to date, once, with its rows', async () => {
  const path = await createOldDatabase();
  await migrateWith(path, [...migrations, addLabels]);
  await migrateWith(path, [...migrations, addLabels]);
  expect(readTables(path)).toEqual({
    tables: ['badges', 'keys', 'labels', 'migrations', 'requests', 'settings'],
    applied: ['001-init', '002-labels'],
  });
});

test('a migration that fails leaves the database as it was', async () => {
  const path = await createOldDatabase();
  const broken: Migration = {
    name: '002-broken',
    up: (schema) => [...addLabels.up(schema), schema.dropTable('nothing')],
  };
  await expect(migrateWith(path, [...migrations, broken])).rejects.toThrow('no such table: nothing');
  expect(readTables(path)).toEqual({
    tables: ['keys', 'migrations', 'requests', 'settings'],
    applied: ['001-init'],
  });
});

test('a database of a newer version is refused and left alone', async () => {
  const path = await createOldDatabase();
  await migrateWith(path, [...migrations, addLabels]);
  const before = readTables(path);
  const fault = await openStore({ path }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(StartFault);
  expect(fault).toMatchObject({
    message: expect.stringContaining('newer Retouch (its format is 2, this version knows up to 1)'),
  });
  expect(readTables(path)).toEqual(before);
});

test.each([
  ['text', 'this is not a database'.repeat(100), 'its file is not a database'],
  ['a damaged database', undefined, 'its file is damaged'],
])('%s in place of the database is told in one line', async (_, content, reason) => {
  const path = await createOldDatabase();
  await writeFile(path, content ?? damage(), content === undefined ? { flag: 'r+' } : {});
  const fault = await openStore({ path }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(StartFault);
  expect(fault).toMatchObject({ message: `${path}: The gateway's database cannot be used: ${reason}.` });
});

/** A right header on pages of rubbish. */
function damage(): Buffer {
  const page = Buffer.alloc(8_192, 0xa5);
  page.write('SQLite format 3\0', 'latin1');
  Buffer.from([0x10, 0x00, 0x02, 0x02, 0x00, 0x40, 0x20, 0x20]).copy(page, 16);
  return page;
}

test('a path that cannot be opened is told', async () => {
  const folder = await createTemporaryFolder();
  for (const path of [folder, join(folder, 'absent', 'retouch.db')]) {
    const fault = await openStore({ path }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StartFault);
    expect(fault).toMatchObject({ message: expect.stringMatching(/^The database .+ cannot be opened: E/) });
  }
});

test('nobody is told that the database is experimental', async () => {
  const path = join(await createTemporaryFolder(), 'retouch.db');
  const script = `
    import { openStore } from '${new URL('./open.ts', import.meta.url)}';
    const store = await openStore({ path: process.argv[1] });
    await store.close();`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
    path,
  ]);
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
});
