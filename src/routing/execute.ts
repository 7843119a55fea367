import { setTimeout as delay } from 'node:timers/promises';
import type { EditCall, EditOutcome } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Provider } from '../providers/index.ts';
import type { Candidate } from './plan.ts';

const maxRepeats = 2;
/** A longer wait is the caller's to make: `retry-after` tells it. */
const maxWaitMs = 2_000;

export interface Execution {
  candidates: readonly Candidate[];
  /** Who serves a candidate. @throws RetouchError when nobody is there to do it */
  providerOf: (candidate: Candidate) => Provider;
  /** Builds each attempt afresh from the canonical request. */
  toCall: (candidate: Candidate) => Promise<EditCall>;
  /** Who takes over from a model that its vendor says is gone. */
  replace: (candidate: Candidate) => Candidate | undefined;
  signal: AbortSignal;
  /** Whether the caller has been given something already: then there is no second attempt. */
  committed: () => boolean;
  onAttempt: (candidate: Candidate, attempt: number) => void;
  /** Told when an attempt has failed without work done: who has left meanwhile wants no other. */
  onFree: () => void;
}

export interface Executed {
  candidate: Candidate;
  outcome: EditOutcome;
  /** How many times somebody was asked. */
  attempts: number;
}

/**
 * Tries the candidates in order. The next attempt is made only after a failure that certainly cost nothing
 * (reliability 4), or after a stand-in has refused what the caller did not ask of it first. Where nobody could serve, the
 * caller gets the first failure, not the last.
 */
export async function execute(execution: Execution): Promise<Executed> {
  const failures: RetouchError[] = [];
  const count = { attempts: 0 };
  const waiting = [...execution.candidates];
  for (let candidate = waiting.shift(); candidate; candidate = waiting.shift()) {
    const answer = await askPatiently(execution, candidate, count).catch((error: unknown) => {
      if (failures.length === 0 || !isRefusal(error) || execution.committed()) throw error;
      execution.onFree();
      return error;
    });
    if (!(answer instanceof RetouchError)) return { candidate, outcome: answer, attempts: count.attempts };
    const successor = answer.code === 'upstream_model_gone' ? execution.replace(candidate) : undefined;
    // It takes over the place of the other, also in what is told when nobody could serve.
    if (successor) waiting.unshift(successor);
    else failures.push(answer);
  }
  throw failures[0];
}

/** Whether a stand-in has only refused what it was asked: at no cost, and another may not. */
function isRefusal(error: unknown): error is RetouchError {
  if (!(error instanceof RetouchError) || error.usage) return false;
  return error.row.status < 500 && error.code !== 'moderation_blocked';
}

/** The outcome, or the failure after which another candidate may be asked. @throws every other failure */
async function askPatiently(
  execution: Execution,
  candidate: Candidate,
  count: { attempts: number },
): Promise<EditOutcome | RetouchError> {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await attempt(execution, candidate, count);
    } catch (error) {
      if (!mayGoOn(error, execution)) throw error;
      const waitMs = toWaitMs(error, repeat);
      if (waitMs === undefined) return error;
      const waited = delay(waitMs, true, { signal: execution.signal });
      if (!(await waited.catch(() => false))) throw error;
    }
  }
}

async function attempt(
  execution: Execution,
  candidate: Candidate,
  count: { attempts: number },
): Promise<EditOutcome> {
  const provider = execution.providerOf(candidate);
  count.attempts += 1;
  execution.onAttempt(candidate, count.attempts);
  return provider.edit(await execution.toCall(candidate), execution.signal);
}

function mayGoOn(error: unknown, execution: Execution): error is RetouchError {
  if (!(error instanceof RetouchError) || !error.row.failOver) return false;
  execution.onFree();
  return !execution.signal.aborted && !execution.committed();
}

/** How long until the same candidate is asked again; undefined: not again. */
function toWaitMs(error: RetouchError, repeat: number): number | undefined {
  if (!error.row.retry || repeat === maxRepeats) return undefined;
  if (error.code === 'upstream_unreachable') return 200 * 2 ** repeat * (0.75 + Math.random() / 2);
  const { retryAfterMs } = error;
  return retryAfterMs !== undefined && retryAfterMs <= maxWaitMs ? retryAfterMs : undefined;
}
