import { RetouchError } from '../core/errors.ts';
import { StartFault } from '../core/start-fault.ts';
import { createPrivateFile } from './data-folder.ts';
import { createKeyQueries, type KeyQueries } from './keys.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { createRequestQueries, type RequestQueries } from './requests.ts';
import { createSettingQueries, type SettingQueries } from './settings.ts';
import { openSqlite } from './sql.ts';

/** Every query throws RetouchError storage_unavailable when the database cannot be used. */
export interface Store {
  keys: KeyQueries;
  requests: RequestQueries;
  settings: SettingQueries;
  /** Ends when everything asked for before is on the disk. */
  close(): Promise<void>;
}

/**
 * Opens the database file, made if absent, and brings its tables up to date.
 * @throws StartFault
 */
export async function openStore({ path }: { path: string }): Promise<Store> {
  const sql = openSqlite(path);
  try {
    await createPrivateFile(path);
    await migrate(sql, migrations);
  } catch (error) {
    await sql.close();
    throw toStartFault(error, path);
  }
  return {
    keys: createKeyQueries(sql),
    requests: createRequestQueries(sql),
    settings: createSettingQueries(sql),
    close: sql.close,
  };
}

function toStartFault(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof RetouchError) return new StartFault(`${path}: ${message}`, { cause: error });
  if (code?.startsWith('E')) {
    return new StartFault(`The database ${path} cannot be opened: ${message}`, { cause: error });
  }
  return error;
}
