/** What the main thread and the database's thread say to each other. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Statements that take effect together or not at all. */
export type Unit = readonly Statement[];

export interface StatementResult {
  rows: Record<string, unknown>[];
  changes: number;
}

export interface Failure {
  message: string;
  /** SQLite's extended result code; absent when it was not SQLite that failed. */
  errcode?: number;
}

/** The answer to one unit. */
export type Outcome = { results: StatementResult[] } | { failure: Failure };

/** Units to commit together, or `close`. */
export type Order = readonly Unit[] | 'close';
