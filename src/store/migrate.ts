import type { Compilable, SchemaModule } from 'kysely';
import { StartFault } from '../core/start-fault.ts';
import type { Sql } from './sql.ts';

/** One change of the tables. All its statements take effect together, with the note that they did. */
export interface Migration {
  name: string;
  up(schema: SchemaModule): Compilable[];
}

/**
 * Brings the tables to the newest form this program knows.
 * @throws StartFault when a newer program has changed them further
 */
export async function migrate(sql: Sql, migrations: readonly Migration[]): Promise<void> {
  const applied = await countApplied(sql);
  if (applied > migrations.length) {
    throw new StartFault(
      `The database was last used by a newer Retouch (its format is ${applied}, this version knows up to ${migrations.length}). Start that version, or set RETOUCH_DATA_DIR to another folder.`,
    );
  }
  for (const [index, { name, up }] of migrations.entries()) {
    if (index < applied) continue;
    const note = sql.db.insertInto('migrations').values({ number: index + 1, name });
    await sql.together([...up(sql.db.schema), note]);
  }
}

async function countApplied({ db }: Sql): Promise<number> {
  await db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('number', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .execute();
  const { last } = await db
    .selectFrom('migrations')
    .select((select) => select.fn.max('number').as('last'))
    .executeTakeFirstOrThrow();
  return last ?? 0;
}
