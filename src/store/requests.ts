import { CompiledQuery, type Kysely } from 'kysely';
import type { Database, RequestTable } from './schema.ts';
import type { Sql } from './sql.ts';

/** A request as the ledger keeps it. Null: not known, or not yet. */
export interface RequestRecord extends Omit<RequestTable, 'tags'> {
  tags: readonly string[];
}

export type RequestQueries = ReturnType<typeof createRequestQueries>;

/** The state of a request that is at a vendor: the only one in which a record may still change. */
const dispatched = 'dispatched';

export function createRequestQueries({ db }: Sql) {
  let compiled: SaveStatement | undefined;
  return {
    /**
     * Writes the record, over an earlier one of the same id if that one was still `dispatched`.
     * @returns false when the earlier one had ended: it stays as it is
     */
    async save(record: RequestRecord): Promise<boolean> {
      const row: Record<string, unknown> = { ...record, tags: JSON.stringify(record.tags) };
      compiled ??= compileSave(db, Object.keys(row));
      const [id, ...rest] = compiled.columns.map((column) => row[column]);
      const query = CompiledQuery.raw(compiled.sql, [id, ...rest, ...rest, dispatched]);
      const { numAffectedRows } = await db.executeQuery(query);
      return numAffectedRows === 1n;
    },

    async find(id: string): Promise<RequestRecord | undefined> {
      const row = await db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
      return row && { ...row, tags: JSON.parse(row.tags) };
    },

    /** After a crash: nobody will tell how the requests ended that were at a vendor. @returns how many */
    async giveUpDispatched(errorCode: string): Promise<number> {
      const { numUpdatedRows } = await db
        .updateTable('requests')
        .set({ state: 'unknown', errorCode })
        .where('state', '=', dispatched)
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },
  };
}

interface SaveStatement {
  sql: string;
  /** `id` first. */
  columns: readonly string[];
}

/** Once for all records: to write this statement costs Kysely as much time as everything else about a record. */
function compileSave(db: Kysely<Database>, names: readonly string[]): SaveStatement {
  const others = names.filter((name) => name !== 'id');
  const values = Object.fromEntries(others.map((name) => [name, ''])) as unknown as Omit<RequestTable, 'id'>;
  const { sql } = db
    .insertInto('requests')
    .values({ id: '', ...values })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(values).where('requests.state', '=', dispatched),
    )
    .compile();
  return { sql, columns: ['id', ...others] };
}
