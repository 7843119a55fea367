import type { Compilable, Insertable, Selectable } from 'kysely';
import type { KeyTable, SettingTable } from './schema.ts';
import type { Sql } from './sql.ts';
import { ConstraintViolation } from './sqlite/fault.ts';

/** A key as it is known after it was given out. Times are milliseconds since 1970; null: none. */
export interface KeyRecord extends Omit<KeyTable, 'hash' | 'models'> {
  models: readonly string[] | null;
}

export interface NewKeyRecord extends KeyRecord {
  hash: string;
}

export type KeyChanges = Partial<Pick<KeyRecord, 'name' | 'models' | 'expiresAt'>>;

export type KeyQueries = ReturnType<typeof createKeyQueries>;

export function createKeyQueries({ db, together }: Sql) {
  return {
    async insert(key: NewKeyRecord): Promise<void> {
      await db.insertInto('keys').values(toRow(key)).execute();
    },

    /**
     * Writes the first keys and, with them, settings that must not exist yet: all or nothing.
     * @returns false when one of the settings exists already
     */
    async insertFirst(keys: readonly NewKeyRecord[], settings: readonly SettingTable[]): Promise<boolean> {
      const queries: Compilable[] = [
        db.insertInto('settings').values([...settings]),
        db.insertInto('keys').values(keys.map(toRow)),
      ];
      try {
        await together(queries);
        return true;
      } catch (error) {
        if (error instanceof ConstraintViolation) return false;
        throw error;
      }
    },

    async find(id: string): Promise<KeyRecord | undefined> {
      const row = await db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRecord(row);
    },

    async findByHash(hash: string): Promise<KeyRecord | undefined> {
      const row = await db.selectFrom('keys').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && toRecord(row);
    },

    /** Newest first, those after `after` only. */
    async list(limit: number, after?: KeyRecord): Promise<KeyRecord[]> {
      const newestFirst = db
        .selectFrom('keys')
        .selectAll()
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc');
      const page = after
        ? newestFirst.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('createdAt', 'id'), '<', tuple(after.createdAt, after.id)),
          )
        : newestFirst;
      const rows = await page.limit(limit).execute();
      return rows.map(toRecord);
    },

    /** Undefined when there is no such key. */
    async update(id: string, { models, ...plain }: KeyChanges): Promise<KeyRecord | undefined> {
      const changes = { ...plain, ...(models !== undefined && { models: toJson(models) }) };
      if (Object.keys(changes).length === 0) return this.find(id);
      const row = await db
        .updateTable('keys')
        .set(changes)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      return row && toRecord(row);
    },

    /** A key revoked before keeps its time. Undefined when there is no such key. */
    async revoke(id: string, now: number): Promise<KeyRecord | undefined> {
      const row = await db
        .updateTable('keys')
        .set(({ fn, val, ref }) => ({ revokedAt: fn.coalesce(ref('revokedAt'), val(now)) }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      return row && toRecord(row);
    },
  };
}

function toRow({ models, ...key }: NewKeyRecord): Insertable<KeyTable> {
  return { ...key, models: toJson(models) };
}

function toRecord({ hash: _, models, ...key }: Selectable<KeyTable>): KeyRecord {
  return { ...key, models: models === null ? null : JSON.parse(models) };
}

function toJson(models: readonly string[] | null): string | null {
  return models && JSON.stringify(models);
}
