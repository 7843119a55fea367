import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Failure, Order, Outcome, Statement, StatementResult, Unit } from './messages.ts';

const maxPrepared = 200;
const pragmas = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'fullfsync = ON', // without it, a Mac's disk may keep a commit in its cache
  'foreign_keys = ON',
  'journal_size_limit = 67108864',
];

let database: DatabaseSync | undefined;
const prepared = new Map<string, { statement: StatementSync; returnsRows: boolean }>();

parentPort?.on('message', (order: Order) => {
  if (order !== 'close') {
    parentPort?.postMessage(commit(order));
    return;
  }
  prepared.clear();
  database?.close();
  parentPort?.close();
});

/** One commit, and one wait for the disk, for all units. */
function commit(units: readonly Unit[]): Outcome[] {
  try {
    database ??= open(workerData.path);
    database.exec('BEGIN IMMEDIATE');
    const outcomes = units.map((unit) => attempt(database as DatabaseSync, unit));
    database.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (database?.isTransaction) database.exec('ROLLBACK');
    return units.map(() => ({ failure: toFailure(error) }));
  }
}

/** A unit that fails leaves its neighbours alone, unless SQLite itself gave up the whole transaction. */
function attempt(database: DatabaseSync, unit: Unit): Outcome {
  const [only] = unit;
  try {
    if (unit.length === 1 && only) return { results: [execute(database, only)] };
    database.exec('SAVEPOINT unit');
    const results = unit.map((statement) => execute(database, statement));
    database.exec('RELEASE unit');
    return { results };
  } catch (error) {
    if (!database.isTransaction) throw error;
    if (unit.length > 1) database.exec('ROLLBACK TO unit; RELEASE unit');
    return { failure: toFailure(error) };
  }
}

function execute(database: DatabaseSync, { sql, parameters }: Statement): StatementResult {
  const { statement, returnsRows } = prepare(database, sql);
  const values = parameters as SQLInputValue[];
  if (!returnsRows) return { rows: [], changes: Number(statement.run(...values).changes) };
  const rows = statement.all(...values);
  return { rows, changes: rows.length };
}

function prepare(database: DatabaseSync, sql: string) {
  const known = prepared.get(sql);
  if (known) return known;
  const statement = database.prepare(sql);
  const fresh = { statement, returnsRows: statement.columns().length > 0 };
  if (prepared.size >= maxPrepared) prepared.clear();
  prepared.set(sql, fresh);
  return fresh;
}

function open(path: string): DatabaseSync {
  const opened = new DatabaseSync(path, { timeout: 5_000 });
  try {
    for (const pragma of pragmas) opened.exec(`PRAGMA ${pragma}`);
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

function toFailure(error: unknown): Failure {
  const { message, errcode } = error as Failure;
  return errcode === undefined ? { message } : { message, errcode };
}
