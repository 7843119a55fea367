import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { Bill, EditJob, EditResult, Served } from './job.ts';
import type { EngineParts } from './parts.ts';

/** The ledger's page for one edit. */
export interface EditRecord {
  /** @throws RetouchError storage_unavailable: what cannot be recorded is not sent */
  dispatch(model: Model, provider: string): Promise<void>;
  /** Of an open bill the end stays unknown, whatever the caller got. */
  settle(result: EditResult): Promise<void>;
  /** @param bill what is paid for all the same: the model's work, when what came after it failed, or its refusal */
  fail(error: unknown, served: Served | undefined, bill: Bill | undefined): Promise<void>;
}

/** Codes after which the vendor may have done the work, and billed it. */
const mayHaveCost = new Set([
  'upstream_outcome_unknown',
  'upstream_invalid_response',
  'no_image_returned',
  'result_lost',
]);

export async function openRecord({ ledger, onFault }: EngineParts, job: EditJob): Promise<EditRecord> {
  const { request, caller, endpoint, bytesIn } = job;
  const { id } = request;
  let dispatched = false;
  await ledger.open({
    ...{ id, endpoint, bytesIn, keyId: caller.keyId, mode: caller.mode, modelAsked: request.model },
    n: request.parameters.n ?? 1,
    imagesIn: request.images.length,
    tags: request.tags,
  });
  /** The edit is over, well or not: a ledger that cannot be written must not change its result. */
  const quietly = (written: Promise<void>): Promise<void> => written.catch((fault) => onFault(fault, id));
  return {
    async dispatch(model, provider) {
      await ledger.dispatched(id, { modelServed: model.id, provider });
      dispatched = true;
    },
    settle({ outcome, served, ...bill }) {
      const ending = {
        ...{ status: 200, ...toServing(served), ...toCosts(bill) },
        imagesOut: outcome.images.length,
      };
      if (!bill.isOpen) return quietly(ledger.settle(id, ending));
      return quietly(ledger.fail(id, { state: 'unknown', errorCode: 'upstream_outcome_unknown', ...ending }));
    },
    fail(error, served, bill) {
      const code = error instanceof RetouchError ? error.code : 'internal_error';
      const status = error instanceof RetouchError ? error.row.status : 500;
      const ending = { errorCode: code, status, ...toServing(served), ...(bill && toCosts(bill)) };
      if (bill && !bill.isOpen) return quietly(ledger.settle(id, ending));
      const lost = dispatched && (bill?.isOpen || mayHaveCost.has(code) || code === 'internal_error');
      const state = lost ? 'unknown' : served ? 'failed' : 'refused';
      return quietly(ledger.fail(id, { state, ...ending }));
    },
  };
}

function toServing(served: Served | undefined) {
  if (!served) return {};
  const { model, provider, attempts, upstreamIds } = served;
  const upstreamRequestId = upstreamIds.join(',');
  return {
    modelServed: model.id,
    provider,
    attempts,
    ...(upstreamRequestId !== '' && { upstreamRequestId }),
  };
}

function toCosts({ usage, costNanoUsd }: Bill) {
  return { costNanoUsd, ...(usage && { usage }) };
}
