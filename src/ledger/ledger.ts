import type { Clock } from '../core/clock.ts';
import type { Usage } from '../core/edit.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { NanoUsd } from '../core/money.ts';
import type { RequestRecord, Store } from '../store/index.ts';

/** A request as it is known before anything is done about it. */
export type Entry = Pick<
  RequestRecord,
  'id' | 'keyId' | 'endpoint' | 'mode' | 'modelAsked' | 'n' | 'imagesIn' | 'bytesIn' | 'tags'
>;

/** Who is asked to do the work. */
export interface Destination {
  modelServed: string;
  provider: string;
}

/** How a request ended. What is absent is not known, or did not happen. */
export interface Ending extends Partial<Destination> {
  /** The HTTP status answered. */
  status: number;
  /** Why the caller got nothing; a paid one that could not be finished is settled nevertheless. */
  errorCode?: ErrorCode;
  attempts?: number;
  imagesOut?: number;
  usage?: Usage;
  costNanoUsd?: NanoUsd;
  upstreamRequestId?: string;
}

/** `refused` before it was sent, `failed` without work done, `unknown`: sent, and perhaps done and billed. */
export interface Failure extends Ending {
  state: 'refused' | 'failed' | 'unknown';
  errorCode: ErrorCode;
}

/** Every function throws RetouchError storage_unavailable when the record cannot be written. */
export interface Ledger {
  /** Takes up the request. Kept in memory: until it is dispatched a crash leaves nothing to account for. */
  open(entry: Entry): Promise<void>;
  /**
   * Awaited before the first byte of a paid call leaves: then the record is on the disk and will be found after a
   * crash. Again for another destination; the same one twice costs no write.
   */
  dispatched(id: string, destination?: Destination): Promise<void>;
  /**
   * The work is done. Once a request has ended, settling or failing it changes nothing. Where the end cannot be
   * written, a dispatched request is found by `recover`.
   */
  settle(id: string, ending: Ending): Promise<void>;
  /** The work is not done, or nobody knows. */
  fail(id: string, failure: Failure): Promise<void>;
  /** At start: requests that were at a vendor when this gateway died become `unknown`. @returns how many */
  recover(): Promise<number>;
}

const maxModelCharacters = 200;

/** Records of requests and what they cost. At most two waits for the disk per request: dispatched, and the end. */
export function createLedger({ store, clock }: { store: Store; clock: Clock }): Ledger {
  const running = new Map<string, RequestRecord>();

  async function end(id: string, state: RequestRecord['state'], ending: Ending) {
    const record = running.get(id);
    if (!record) return;
    running.delete(id);
    const { usage, ...outcome } = ending;
    // Billed as text, and so no column of its own.
    const { reasoningTokens: _, ...tokens } = usage ?? {};
    await store.requests.save({
      ...record,
      ...outcome,
      ...tokens,
      state,
      durationMs: clock() - record.createdAt,
    });
  }

  return {
    async open(entry) {
      const modelAsked = entry.modelAsked.slice(0, maxModelCharacters);
      running.set(entry.id, { ...notYetKnown, ...entry, modelAsked, createdAt: clock() });
    },
    async dispatched(id, destination) {
      const record = running.get(id);
      if (!record) throw new Error(`Request ${id} is not open in the ledger`);
      const sent: RequestRecord = { ...record, ...destination, state: 'dispatched' };
      if (record.state === 'dispatched' && isSameDestination(record, sent)) return;
      if (!(await store.requests.save(sent))) throw new Error(`Request ${id} has ended before`);
      running.set(id, sent);
    },
    settle: (id, ending) => end(id, 'settled', ending),
    fail: (id, failure) => end(id, failure.state, failure),
    recover: () => store.requests.giveUpDispatched('upstream_outcome_unknown' satisfies ErrorCode),
  };
}

const notYetKnown = {
  state: 'refused',
  modelServed: null,
  provider: null,
  status: null,
  errorCode: null,
  imagesOut: 0,
  inputTextTokens: null,
  inputImageTokens: null,
  cachedTextTokens: null,
  cachedImageTokens: null,
  outputImageTokens: null,
  outputTextTokens: null,
  costNanoUsd: 0,
  attempts: 0,
  durationMs: null,
  upstreamRequestId: null,
} as const;

function isSameDestination(one: RequestRecord, other: RequestRecord): boolean {
  return one.provider === other.provider && one.modelServed === other.modelServed;
}
