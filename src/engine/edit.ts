import { type Clock, toDate } from '../core/clock.ts';
import type { EditCall, EditOutcome, Usage } from '../core/edit.ts';
import { type Ledger, priceUsage } from '../ledger/index.ts';
import { foreseeUsage, type Provider, type Providers } from '../providers/index.ts';
import { type Candidate, type Catalog, execute, type PlanRules, planEdit } from '../routing/index.ts';
import type { Bill, EditJob, EditResult, Served } from './job.ts';
import { type EditRecord, openRecord } from './record.ts';
import { type CallerWatch, watchCaller } from './watch-caller.ts';

export interface EngineParts {
  catalog: Catalog;
  providers: Providers;
  ledger: Ledger;
  clock: Clock;
  retiredModels: PlanRules['retiredModels'];
  /** Told of faults that must not fail an edit that is done. */
  onFault: (fault: unknown, requestId: string) => void;
}

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
  const running: Running = { record, watch, served: undefined, told: false };
  try {
    const result = await run(parts, job, running);
    await record.settle(result);
    return result;
  } catch (error) {
    await record.fail(error, running.served);
    throw error;
  } finally {
    watch.close();
  }
}

/** What one edit keeps while it runs. */
interface Running {
  readonly record: EditRecord;
  readonly watch: CallerWatch;
  /** Who is being asked. */
  served: Served | undefined;
  /** Whether the caller has been given something. */
  told: boolean;
}

async function run(parts: EngineParts, job: EditJob, running: Running): Promise<EditResult> {
  const candidates = planEdit(job.request, parts.catalog, {
    retiredModels: parts.retiredModels,
    allowedModels: job.caller.models,
    today: toDate(parts.clock()),
  });
  const providerOf = ({ model }: Candidate): Provider =>
    job.caller.mode === 'test' ? parts.providers.sandbox : parts.providers.get(model);
  const { candidate, outcome, attempts } = await execute({
    candidates,
    providerOf,
    toCall: (next) => toCall(job, next, providerOf(next), running),
    signal: running.watch.signal,
    committed: () => running.told,
    onAttempt(next, attempt) {
      running.served = toServed(next, providerOf(next), attempt);
      job.onServing?.(running.served);
    },
  });
  const served = toServed(candidate, providerOf(candidate), attempts);
  const usage = outcome.usage ?? foresee(candidate, job, outcome);
  const warnings = [...served.warnings, ...outcome.warnings];
  return { ...toBill(candidate, job, usage), outcome, served: { ...served, warnings } };
}

function toServed({ asked, model, warnings }: Candidate, provider: Provider, attempts: number): Served {
  return { asked, model, provider: provider.id, attempts, warnings };
}

function toCall(job: EditJob, candidate: Candidate, provider: Provider, running: Running): EditCall {
  const { model, request, parameters } = candidate;
  const { onEvent } = job;
  return {
    request,
    model,
    parameters,
    openSpool: job.openSpool,
    async beforeDispatch() {
      await running.record.dispatch(model, provider.id);
      if (model.prices && job.caller.mode === 'live') running.watch.detach();
    },
    ...(onEvent && {
      async emit(event) {
        running.told = true;
        await onEvent(event, toBill(candidate, job, event.type === 'completed' ? event.usage : undefined));
      },
    }),
  };
}

/** A test key costs nothing, whatever the real model would have used. */
function toBill({ model }: Candidate, { caller }: EditJob, usage: Usage | undefined): Bill {
  const priced = caller.mode === 'live' && usage !== undefined;
  return { usage, costNanoUsd: priced ? priceUsage(model.prices, usage) : 0 };
}

/** Where the vendor does not say what it used: what its published formula gives. */
function foresee({ model, parameters }: Candidate, { request }: EditJob, outcome: EditOutcome) {
  return foreseeUsage(model, { request, parameters, facts: outcome.facts, images: outcome.images.length });
}
