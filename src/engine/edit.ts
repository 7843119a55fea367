import { cancellable } from '../core/cancellable.ts';
import { toDate } from '../core/clock.ts';
import type { EditCall, EditOutcome, EditRequest, Usage } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import { priceUsage } from '../ledger/index.ts';
import { foreseeUsage, type Provider } from '../providers/index.ts';
import { type Candidate, execute, planEdit } from '../routing/index.ts';
import { createFinishing, type Finishing } from './finishing.ts';
import type { Bill, EditJob, EditResult, Served } from './job.ts';
import type { EngineParts } from './parts.ts';
import { type EditRecord, openRecord } from './record.ts';
import { type CallerWatch, watchCaller } from './watch-caller.ts';

export interface Engine {
  /** @throws RetouchError */
  edit(job: EditJob): Promise<EditResult>;
}

/** The one use-case: plan → execute → settle. Every edit, from whichever endpoint, goes through here. */
export function createEngine(parts: EngineParts): Engine {
  return { edit: (job) => edit(parts, job) };
}

async function edit(parts: EngineParts, job: EditJob): Promise<EditResult> {
  const record = await openRecord(parts, job);
  const watch = watchCaller(job.signal);
  const finishing = createFinishing(parts.finisher, { openSpool: job.openSpool, signal: watch.signal });
  const running: Running = {
    ...{ record, watch, finishing, served: undefined, bill: undefined },
    ...{ isPaid: false, told: false },
  };
  try {
    const result = await run(parts, job, running);
    await record.settle(result);
    return result;
  } catch (fault) {
    const error = running.isPaid ? toLoss(fault) : fault;
    await record.fail(error, running.served, running.bill ?? toBillOfFailure(fault, job, running.served));
    throw error;
  } finally {
    watch.close();
  }
}

/** What one edit keeps while it runs. */
interface Running {
  readonly record: EditRecord;
  readonly watch: CallerWatch;
  readonly finishing: Finishing;
  /** Who is being asked. */
  served: Served | undefined;
  /** What the model's work has cost, once it is done. */
  bill: Bill | undefined;
  /** Whether a call has left that costs money if it is done. */
  isPaid: boolean;
  /** Whether the caller has been given something. */
  told: boolean;
}

/** A fault of our own, after the vendor was asked: the same request again would be paid for again. */
function toLoss(fault: unknown): unknown {
  if (!(fault instanceof RetouchError) || !fault.row.retry || fault.row.failOver) return fault;
  return new RetouchError(
    'result_lost',
    `The model may have done the edit, but its answer was lost here: ${fault.message}`,
    { cause: fault },
  );
}

async function run(parts: EngineParts, job: EditJob, running: Running): Promise<EditResult> {
  const { providers, goneModels, catalog } = parts;
  const plan = (request: EditRequest): readonly Candidate[] =>
    planEdit(request, catalog, {
      retiredModels: parts.retiredModels,
      largePictures: parts.largePictures,
      allowedModels: job.caller.models,
      today: toDate(parts.clock()),
      isGone: goneModels.has,
    });
  const providerOf = ({ model }: Candidate): Provider =>
    job.caller.mode === 'test' ? providers.sandbox : providers.get(model);
  const { candidate, outcome, attempts } = await execute({
    candidates: plan(job.request),
    providerOf,
    toCall: (next) => toCall(parts, job, next, providerOf(next), running),
    replace({ asked, model }) {
      // Without a successor the vendor is asked again the next time: it says the same of a key without access.
      if (!catalog.findSuccessor(model)) return undefined;
      goneModels.note(model);
      const { routing } = job.request;
      // By the name it was asked for: it may be that of a dated version.
      const name = [job.request.model, ...routing.models].find((name) => catalog.find(name) === asked);
      const request = { ...job.request, model: name ?? asked.id, routing: { ...routing, models: [] } };
      return findFirst(() => plan(request));
    },
    signal: running.watch.signal,
    committed: () => running.told,
    onFree() {
      running.isPaid = false;
      running.watch.attach();
    },
    onAttempt(next, attempt) {
      running.served = toServed(next, providerOf(next), attempt);
      job.onServing?.(running.served);
    },
  });
  const usage = outcome.usage ?? foresee(candidate, outcome);
  const isOpen = running.isPaid && (outcome.isOpen === true || usage === undefined);
  const bill: Bill = { ...toBill(candidate, job, usage), ...(isOpen && { isOpen }) };
  running.bill = bill;
  const isTold = job.onEvent !== undefined;
  const finished = await running.finishing.finishOutcome(candidate, outcome, isTold);
  const served = running.served ?? toServed(candidate, providerOf(candidate), attempts);
  const warnings = [...served.warnings, ...finished.warnings];
  return { ...bill, outcome: finished, served: { ...served, warnings } };
}

/** Undefined where there is nobody: then the failure that led here is what the caller is told. */
function findFirst(plan: () => readonly Candidate[]): Candidate | undefined {
  try {
    return plan()[0];
  } catch (error) {
    if (error instanceof RetouchError) return undefined;
    throw error;
  }
}

function toServed({ asked, model, warnings }: Candidate, provider: Provider, attempts: number): Served {
  return { asked, model, provider: provider.id, attempts, upstreamIds: [], warnings };
}

async function toCall(
  { finisher }: EngineParts,
  job: EditJob,
  candidate: Candidate,
  provider: Provider,
  running: Running,
): Promise<EditCall> {
  const { model, parameters } = candidate;
  const { onEvent, openSpool } = job;
  const { signal } = running.watch;
  return {
    ...(await cancellable(signal, () => finisher.prepare(candidate, { openSpool, signal }))),
    ...{ model, parameters, openSpool, caller: job.signal },
    async beforeDispatch() {
      await running.record.dispatch(model, provider.id);
      running.isPaid = model.prices !== undefined && job.caller.mode === 'live';
      if (running.isPaid) running.watch.detach();
    },
    onUpstreamId(id) {
      const { served } = running;
      if (!served || served.upstreamIds.includes(id)) return;
      running.served = { ...served, upstreamIds: [...served.upstreamIds, id] };
      job.onServing?.(running.served);
    },
    ...(onEvent && {
      async emit(event) {
        const shown = await running.finishing.finishEvent(candidate, event);
        if (!shown) return;
        running.told = true;
        const usage = event.type === 'completed' ? event.usage : undefined;
        await onEvent(shown, toBill(candidate, job, usage));
      },
    }),
  };
}

/** A refusal may be billed too: Gemini counts what it has read and thought. */
function toBillOfFailure(fault: unknown, job: EditJob, served: Served | undefined): Bill | undefined {
  if (!(fault instanceof RetouchError) || !fault.usage || !served) return undefined;
  // What came told but the beginning, perhaps.
  const isPart = fault.code === 'upstream_outcome_unknown' || fault.code === 'upstream_invalid_response';
  const isOpen = isPart || fault.isOpen;
  return { ...toBill(served, job, fault.usage), ...(isOpen && { isOpen }) };
}

/** A test key costs nothing, whatever the real model would have used. */
function toBill({ model }: Pick<Candidate, 'model'>, { caller }: EditJob, usage: Usage | undefined): Bill {
  const priced = caller.mode === 'live' && usage !== undefined;
  return { usage, costNanoUsd: priced ? priceUsage(model.prices, usage) : 0 };
}

/** Where the vendor does not say what it used: what its published formula gives. */
function foresee({ model, request, parameters }: Candidate, outcome: EditOutcome): Usage | undefined {
  return foreseeUsage(model, { request, parameters, facts: outcome.facts, images: outcome.images.length });
}
