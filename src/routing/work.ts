import type { OpenSpool } from '../core/bytes.ts';

/** What work on the pictures of one edit needs. */
export interface Work {
  openSpool: OpenSpool;
  /** Aborted when nobody wants it any more. */
  signal: AbortSignal;
}
