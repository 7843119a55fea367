import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { countCommits, createTemporaryFolder } from '../../../test/support/database.ts';
import { SqliteConnection } from './connection.ts';
import { ConstraintViolation } from './fault.ts';

const statement = (sql: string, ...parameters: unknown[]) => ({ sql, parameters });
const insert = (id: string) => statement('insert into things values (?)', id);
const unavailable = (reason: string) =>
  expect.objectContaining({ code: 'storage_unavailable', message: reason });

async function openThings(thread?: URL) {
  const path = join(await createTemporaryFolder(), 'things.db');
  const connection = new SqliteConnection(path, thread);
  onTestFinished(() => connection.close());
  const run = (sql: string, ...parameters: unknown[]) => connection.run([statement(sql, ...parameters)]);
  const ids = async () => (await run('select id from things order by id'))[0]?.rows.map((row) => row.id);
  return { path, connection, run, ids };
}

async function createThings() {
  const things = await openThings();
  await things.run('create table things (id text primary key) strict');
  return things;
}

test('what comes within one turn is one commit', async () => {
  const { path, connection, ids } = await createThings();
  const before = await countCommits(path);
  await Promise.all(Array.from({ length: 100 }, (_, number) => connection.run([insert(`id ${number}`)])));
  expect(await countCommits(path)).toBe(before + 1);
  expect(await ids()).toHaveLength(100);
});

test('what comes while a commit is under way is the next commit', async () => {
  const { path, connection } = await createThings();
  const before = await countCommits(path);
  const first = connection.run([insert('first')]);
  await new Promise(setImmediate);
  const others = ['a', 'b', 'c'].map((id) => connection.run([insert(id)]));
  await Promise.all([first, ...others]);
  expect(await countCommits(path)).toBe(before + 2);
});

test('a commit waits for the disk, and references between tables hold', async () => {
  const { run } = await openThings();
  const read = async (pragma: string) => Object.values((await run(`pragma ${pragma}`))[0]?.rows[0] ?? {})[0];
  const full = 2;
  expect([await read('journal_mode'), await read('synchronous'), await read('foreign_keys')]).toEqual([
    'wal',
    full,
    1,
  ]);
});

test('reading does not wait for the disk', async () => {
  const { path, ids } = await createThings();
  const before = await countCommits(path);
  await ids();
  expect(await countCommits(path)).toBe(before);
});

test('a statement that fails leaves its neighbours alone', async () => {
  const { connection, ids } = await createThings();
  const results = await Promise.allSettled([
    connection.run([insert('a')]),
    connection.run([insert('a')]),
    connection.run([statement('insert into nothing values (1)')]),
    connection.run([insert('b')]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: expect.any(ConstraintViolation) });
  expect(await ids()).toEqual(['a', 'b']);
});

test('a unit takes effect whole or not at all', async () => {
  const { connection, ids } = await createThings();
  const results = await Promise.allSettled([
    connection.run([insert('a')]),
    connection.run([insert('b'), insert('c'), insert('a')]),
    connection.run([insert('d'), insert('e')]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await ids()).toEqual(['a', 'd', 'e']);
});

test('a value the database cannot hold is an error, and the next statement goes on', async () => {
  const { connection, run, ids } = await createThings();
  await expect(run('insert into things values (?)', 2n ** 70n)).rejects.toThrow(/too large/);
  await expect(run('insert into things values (?)', () => 1)).rejects.toThrow(/could not be cloned/);
  await connection.run([insert('a')]);
  expect(await ids()).toEqual(['a']);
});

test('many different statements do not pile up', async () => {
  const { run } = await createThings();
  const texts = Array.from({ length: 1_000 }, (_, number) => `select ${number} as number`);
  const results = await Promise.all(texts.map((text) => run(text)));
  expect(results.map(([result]) => result?.rows[0]?.number)).toEqual(texts.map((_, number) => number));
});

test('on a full disk every write is refused, and taken again when there is room', async () => {
  const { connection, run, ids } = await createThings();
  const [size] = await run('pragma page_count');
  await run(`pragma max_page_count = ${size?.rows[0]?.page_count}`);
  const big = 'x'.repeat(100_000);
  const results = await Promise.allSettled([
    connection.run([insert(big)]),
    connection.run([insert(`${big}y`)]),
  ]);
  const full = unavailable("The gateway's database cannot be used: the disk is full.");
  expect(results.map((result) => 'reason' in result && result.reason)).toEqual([full, full]);
  await run('pragma max_page_count = 10000');
  await connection.run([insert('small')]);
  expect(await ids()).toEqual(['small']);
});

test('a database that may only be read refuses writes', async () => {
  const { connection, run } = await createThings();
  await run('pragma query_only = on');
  await expect(connection.run([insert('a')])).rejects.toEqual(
    unavailable("The gateway's database cannot be used: it is read-only."),
  );
});

test('a database that another program holds is waited for, then refused', async () => {
  const { path, connection, run, ids } = await createThings();
  await run('pragma busy_timeout = 20');
  const other = new DatabaseSync(path);
  other.exec('begin immediate');
  await expect(connection.run([insert('a')])).rejects.toEqual(
    unavailable("The gateway's database cannot be used: another program holds it."),
  );
  other.close();
  await connection.run([insert('b')]);
  expect(await ids()).toEqual(['b']);
});

test('a thread that dies fails what it was asked, and another takes its place', async () => {
  const real = new URL('./worker.ts', import.meta.url);
  const diesOnce = `data:text/javascript,
    import { existsSync, writeFileSync } from 'node:fs';
    import { parentPort, workerData } from 'node:worker_threads';
    const mark = workerData.path + '.died';
    if (existsSync(mark)) await import('${real}');
    else parentPort.on('message', () => { writeFileSync(mark, ''); throw new Error('out of luck'); });`;
  const { run } = await openThings(new URL(diesOnce));
  const results = await Promise.allSettled([run('select 1'), run('select 2')]);
  const died = unavailable("The gateway's database cannot be used: its thread ended.");
  expect(results.map((result) => 'reason' in result && result.reason)).toEqual([died, died]);
  expect(await run('select 3 as number')).toEqual([{ rows: [{ number: 3 }], changes: 1 }]);
});

test('closing finishes what was asked before and refuses what comes after', async () => {
  const { path, connection } = await createThings();
  const before = connection.run([insert('before')]);
  const closed = [connection.close(), connection.close()];
  await expect(connection.run([insert('after')])).rejects.toEqual(
    unavailable("The gateway's database cannot be used: it is closed."),
  );
  await Promise.all([before, ...closed]);
  await expect(stat(`${path}-wal`)).rejects.toThrow('ENOENT');
  const file = new DatabaseSync(path, { readOnly: true });
  expect(file.prepare('select id from things').all()).toEqual([{ id: 'before' }]);
  file.close();
});
