import type { AnswerEnding, EditCall, EditOutcome, Usage, Warning } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import { sumUsage } from '../sum-usage.ts';
import { vendor } from './errors.ts';
import { toEnding, toOutcome } from './outcome.ts';
import { createReply, type Reply } from './reply.ts';
import { createSpeaker } from './speaker.ts';
import { toUsage } from './usage.ts';

export interface Asking {
  /** How long all calls together may take. */
  totalTimeoutMs: number;
  /** One call to the vendor; what comes of it goes into `reply`. @throws RetouchError */
  ask(
    call: EditCall,
    deadline: AbortSignal,
    reply: Reply,
    onText: (text: string) => Promise<void>,
  ): Promise<void>;
  /** Why a reply is no result. */
  toFailure(reply: Reply): RetouchError | undefined;
}

interface Attempt {
  /** Which of the calls, from 0. */
  index: number;
  /** As far as it came. */
  reply: Reply;
  failure?: unknown;
}

const maxAtOnce = 4;

/**
 * The vendor gives one answer a call, so `n` answers are as many calls, a few at a time. Those that came are the
 * outcome, and warnings name those that did not.
 * @throws RetouchError when none came
 */
export async function askForAnswers(call: EditCall, asking: Asking): Promise<EditOutcome> {
  const asked = call.parameters.n ?? 1;
  const speaker = createSpeaker(call);
  // One for all of them: the caller waits for the last.
  const deadline = AbortSignal.timeout(asking.totalTimeoutMs);
  const isOver = (): boolean => deadline.aborted || call.caller.aborted;
  const attempts = await askInParallel(asked, isOver, async (index): Promise<Attempt> => {
    const reply = createReply();
    try {
      await asking.ask(toNth(call, index), deadline, reply, (text) => speaker.say(index, text));
      const failure = asking.toFailure(reply);
      if (failure) return { index, reply, failure };
      await speaker.show(index, reply);
      return { index, reply };
    } catch (failure) {
      return { index, reply, failure };
    }
  });
  const failures = attempts.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const good = attempts.flatMap(({ index, reply, failure }) =>
    failure === undefined ? [{ answer: speaker.placeOf(index), reply, ending: toEnding(reply) }] : [],
  );
  const fault = failures.find((failure) => !(failure instanceof RetouchError));
  if (fault !== undefined) throw fault;
  const usage = findUsage(attempts);
  const isOpen = mayCostMore(attempts, usage);
  if (good.length === 0) throw toGravest(failures as RetouchError[], { usage, isOpen });
  const warnings = toWarnings(call, attempts, asked);
  // Of those that had begun to speak and came to nothing, the caller hears how they ended.
  const broken = attempts.flatMap(({ index, failure }) =>
    failure !== undefined && speaker.hasBegun(index)
      ? [{ answer: speaker.placeOf(index), ending: toEndingOf(failure) }]
      : [],
  );
  return toOutcome([...good, ...broken], speaker.countPlaces(), {
    ...{ warnings, ...(usage && { usage }) },
    ...(isOpen && { isOpen }),
  });
}

function toEndingOf(failure: unknown): AnswerEnding {
  return failure instanceof RetouchError && failure.code === 'moderation_blocked'
    ? 'content_filter'
    : 'error';
}

/** Of this answer only: the next may fare better. All else is as true of the next. */
function isOwn(failure: unknown): boolean {
  if (!(failure instanceof RetouchError) || failure.row.failOver) return false;
  return failure.row.status >= 500 || failure.code === 'moderation_blocked';
}

/** @param isOver whether no further call is to leave: the first always does */
async function askInParallel(
  count: number,
  isOver: () => boolean,
  attempt: (index: number) => Promise<Attempt>,
): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  let next = 0;
  let isHopeless = false;
  const work = async (): Promise<void> => {
    while (next < count && !isHopeless && (next === 0 || !isOver())) {
      next += 1;
      const done = await attempt(next - 1);
      attempts.push(done);
      if (done.failure !== undefined && !isOwn(done.failure)) isHopeless = true;
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, maxAtOnce) }, work));
  return attempts.sort((left, right) => left.index - right.index);
}

/** The call for one answer: from one seed all answers would be the same. */
function toNth(call: EditCall, index: number): EditCall {
  const { seed } = call.parameters;
  if (seed === undefined || index === 0) return call;
  // Wraps round at 32 bits, which is what the vendor takes.
  return { ...call, parameters: { ...call.parameters, seed: (seed + index) | 0 } };
}

function toWarnings(call: EditCall, attempts: readonly Attempt[], asked: number): readonly Warning[] {
  const warnings = attempts.flatMap(({ index, reply, failure }): Warning[] => {
    const name = asked === 1 ? 'The answer' : `Answer ${index + 1} of ${asked}`;
    if (failure instanceof RetouchError) {
      return [{ param: 'n', message: `${name} is missing: ${failure.message}` }];
    }
    const { finishReason = 'STOP', brokeOff, images } = reply;
    if (brokeOff) return [{ param: 'image', message: `${name} broke off after its picture.` }];
    if (images.length > 1 && call.request.conversation === undefined) {
      return [{ param: 'n', message: `${name} has ${images.length} pictures.` }];
    }
    if (finishReason === 'STOP' || finishReason === 'MAX_TOKENS') return [];
    return [{ param: 'image', message: `${name} was ended early by ${vendor} (${finishReason}).` }];
  });
  const left = asked - attempts.length;
  if (left > 0)
    warnings.push({ param: 'n', message: `${left} of ${asked} answers were not asked for then.` });
  return warnings;
}

/** What may have been billed counts most, so that nobody is asked for the same again; then what nobody else could do. */
function toGravest(
  failures: readonly RetouchError[],
  bill: { usage: Usage | undefined; isOpen: boolean },
): RetouchError {
  const final = failures.filter(({ row }) => !row.failOver);
  const dear = final.filter(({ row }) => row.status >= 500);
  const lost = dear.find(({ code }) => code === 'upstream_outcome_unknown');
  const gravest = (lost ?? dear[0] ?? final[0] ?? failures[0]) as RetouchError;
  if (!bill.usage) return gravest;
  const { code, message, param, retryAfterMs, cause } = gravest;
  const about = {
    ...(param !== undefined && { param }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return new RetouchError(code, message, { ...about, cause, ...bill });
}

/** Of all calls that told it, also of those that came to nothing; where an answer tells none, the sum is no bill. */
function findUsage(attempts: readonly Attempt[]): Usage | undefined {
  const isUntold = attempts.some(({ reply, failure }) => failure === undefined && !toUsage(reply));
  return isUntold ? undefined : sumUsage(attempts.flatMap(({ reply }) => toUsage(reply) ?? []));
}

/** @param usage of all of them; undefined: what came is foreseen, and nothing of what failed is in that */
function mayCostMore(attempts: readonly Attempt[], usage: Usage | undefined): boolean {
  return attempts.some((attempt) => {
    if (attempt.failure === undefined) return false;
    return mayHaveCost(attempt) || (!usage && toUsage(attempt.reply) !== undefined);
  });
}

/** Whether its work may have been done and billed, and it did not come to tell what it used in all. */
function mayHaveCost({ reply, failure }: Attempt): boolean {
  if (!(failure instanceof RetouchError) || failure.row.failOver || failure.row.status < 500) return false;
  return reply.finishReason === undefined || !toUsage(reply);
}
