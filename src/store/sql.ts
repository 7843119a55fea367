import { CamelCasePlugin, type Compilable, Kysely } from 'kysely';
import type { Database } from './schema.ts';
import { SqliteConnection } from './sqlite/connection.ts';
import { createSqliteDialect } from './sqlite/dialect.ts';

/** What the named queries are written against. */
export interface Sql {
  db: Kysely<Database>;
  /** Runs the queries in one transaction: all or none. */
  together(queries: readonly Compilable[]): Promise<void>;
  close(): Promise<void>;
}

export function openSqlite(path: string): Sql {
  const connection = new SqliteConnection(path);
  const db = new Kysely<Database>({
    dialect: createSqliteDialect(connection),
    plugins: [new CamelCasePlugin()],
  });
  return {
    db,
    async together(queries) {
      await connection.run(queries.map((query) => query.compile()));
    },
    close: () => connection.close(),
  };
}
