import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface LedgerRow {
  id: string;
  state: string;
  status: number | null;
  error_code: string | null;
  model_served: string | null;
  provider: string | null;
  images_out: number;
  attempts: number;
  cost_nano_usd: number;
}

/** The records of a gateway's requests, oldest first, as they stand on the disk. */
export function readLedger({ dataDirectory }: { dataDirectory: string }): readonly LedgerRow[] {
  const database = new DatabaseSync(join(dataDirectory, 'retouch.db'), { readOnly: true });
  try {
    const rows = database.prepare('SELECT * FROM requests ORDER BY created_at, id').all();
    return rows as unknown as LedgerRow[];
  } finally {
    database.close();
  }
}
