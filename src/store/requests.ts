import type { RequestTable } from './schema.ts';
import type { Sql } from './sql.ts';

/** A request as the ledger keeps it. Null: not known, or not yet. */
export interface RequestRecord extends Omit<RequestTable, 'tags'> {
  tags: readonly string[];
}

export type RequestQueries = ReturnType<typeof createRequestQueries>;

export function createRequestQueries({ db }: Sql) {
  return {
    /**
     * Writes the record, over an earlier one of the same id if that one was still `dispatched`.
     * @returns false when the earlier one had ended: it stays as it is
     */
    async save(record: RequestRecord): Promise<boolean> {
      const { id, ...rest } = { ...record, tags: JSON.stringify(record.tags) };
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('requests')
        .values({ id, ...rest })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet(rest).where('requests.state', '=', 'dispatched'),
        )
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
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
        .where('state', '=', 'dispatched')
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },
  };
}
