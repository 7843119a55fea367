import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqliteConnection } from './connection.ts';

/** Kysely's way to our database thread. */
export function createSqliteDialect(connection: SqliteConnection): Dialect {
  return {
    createAdapter: () => new ThreadAdapter(),
    createDriver: () => createDriver(connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createDriver(connection: SqliteConnection): Driver {
  const kyselyConnection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const [result] = await connection.run([{ sql, parameters }]);
      return { rows: (result?.rows ?? []) as R[], numAffectedRows: BigInt(result?.changes ?? 0) };
    },
    streamQuery: unsupported('streams'),
  };
  return {
    init: async () => undefined,
    acquireConnection: async () => kyselyConnection,
    releaseConnection: async () => undefined,
    beginTransaction: unsupported('transactions held open'),
    commitTransaction: unsupported('transactions held open'),
    rollbackTransaction: unsupported('transactions held open'),
    destroy: async () => undefined,
  };
}

/** With a single connection Kysely would let one query in at a time, and nothing could be committed together. */
class ThreadAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** One connection serves everybody at once, so nobody may hold it: see `Sql.together`. */
function unsupported(what: string): () => never {
  return () => {
    throw new Error(`The database has no ${what}; run the queries together instead.`);
  };
}
