/** The tables as rows, by Kysely's CamelCasePlugin: `created_at` in the database is `createdAt` here. */
export interface Database {
  migrations: { number: number; name: string };
  keys: KeyTable;
  requests: RequestTable;
  settings: SettingTable;
}

/** A key is stored only as the SHA-256 of its text. Times are milliseconds since 1970. */
export interface KeyTable {
  id: string;
  name: string;
  mode: 'live' | 'test';
  /** SHA-256 of the whole key, hex. */
  hash: string;
  /** Enough of the key for people to recognise it. */
  preview: string;
  /** JSON array of model ids; null: all. */
  models: string | null;
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
}

/** What became of a request: under way at the vendor, done, or how it ended otherwise. */
export type RequestState = 'dispatched' | 'settled' | 'refused' | 'failed' | 'unknown';

/** One row per request that was worth money or could have been: never a prompt, never a picture. */
export interface RequestTable {
  id: string;
  keyId: string;
  createdAt: number;
  endpoint: string;
  mode: 'live' | 'test';
  state: RequestState;
  modelAsked: string;
  modelServed: string | null;
  provider: string | null;
  /** The HTTP status answered. */
  status: number | null;
  errorCode: string | null;
  n: number;
  imagesIn: number;
  bytesIn: number;
  imagesOut: number;
  inputTextTokens: number | null;
  inputImageTokens: number | null;
  cachedTextTokens: number | null;
  cachedImageTokens: number | null;
  outputImageTokens: number | null;
  outputTextTokens: number | null;
  costNanoUsd: number;
  attempts: number;
  durationMs: number | null;
  upstreamRequestId: string | null;
  /** JSON array of the caller's labels. */
  tags: string;
}

export interface SettingTable {
  name: string;
  value: string;
}
