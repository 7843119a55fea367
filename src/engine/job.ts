import type { OpenSpool } from '../core/bytes.ts';
import type { Caller } from '../core/caller.ts';
import type { EditEvent, EditOutcome, EditRequest, Usage, Warning } from '../core/edit.ts';
import type { Model } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';

/** One edit to do, and for whom. */
export interface EditJob {
  request: EditRequest;
  caller: Caller;
  /** `images/edits`, for the record. */
  endpoint: string;
  /** Length of the body, in bytes, for the record. */
  bytesIn: number;
  openSpool: OpenSpool;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
  /** Told who is being asked, before each attempt, and again with the vendor's id of it. */
  onServing?: (served: Served) => void;
  /** Set when the caller streams. Resolves when the event was taken. */
  onEvent?: (event: EditEvent, bill: Bill) => Promise<void>;
}

/** Who serves an edit, and what was not done exactly as asked. */
export interface Served {
  asked: Model;
  model: Model;
  /** Id of the provider. */
  provider: string;
  attempts: number;
  /** The vendor's own ids of its calls. */
  upstreamIds: readonly string[];
  warnings: readonly Warning[];
}

export interface Bill {
  usage: Usage | undefined;
  costNanoUsd: NanoUsd;
  /** The vendor may bill more: nobody told what it used, or a part of its work was lost. */
  isOpen?: true;
}

export interface EditResult extends Bill {
  outcome: EditOutcome;
  served: Served;
}
