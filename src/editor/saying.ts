import { isJoint, openers } from './clause.ts';
import type { Range } from './manner.ts';
import { createPhrase } from './phrase.ts';
import { wordAt } from './reader.ts';
import type { Role, Sense } from './said.ts';
import type { Instruction, Step } from './step.ts';
import { steps } from './steps.ts';
import type { Token } from './token.ts';

/** Words that were found to say something. */
export interface Saying {
  step: Step;
  meaning: Sense;
  role: Role;
  /** Where it begins, after any opening verbs. */
  at: number;
  /** Where it says how much. */
  amount: Range | undefined;
  /** The first token that is not part of it. */
  next: number;
}

const maxOpeners = 3;
const phrases = steps.flatMap((step) =>
  Object.entries(step.phrases).map(([pattern, { after, refines, remark, asks, ...sense }]) => ({
    ...{ step, sense, match: createPhrase(pattern) },
    role: { after, refines, remark, asks },
  })),
);

/**
 * What fits best at the beginning of a clause, after any opening verbs.
 * @param previous what was said right before, if anything
 */
export function findSaying(
  tokens: readonly Token[],
  start: number,
  previous: Instruction | undefined,
): Saying | undefined {
  let end = start;
  while (end - start < maxOpeners && openers.has(wordAt(tokens, end))) end += 1;
  const starts = Array.from({ length: end - start + 1 }, (_, index) => start + index);
  return starts
    .flatMap((at) => findAll(tokens, at, previous))
    .reduce<Saying | undefined>(
      (best, saying) => (isBetter(tokens, saying, best) ? saying : best),
      undefined,
    );
}

function findAll(tokens: readonly Token[], at: number, previous: Instruction | undefined): readonly Saying[] {
  return phrases
    .filter(({ step, role }) => isInPlace(step, role, previous))
    .flatMap(({ step, sense, role, match }) =>
      match(tokens, at)
        .filter(({ next }) => next > at)
        .map(({ said, amount, next }) => ({ step, role, meaning: { ...said, ...sense }, at, amount, next })),
    );
}

/** What leaves out its verb, or says more about another step, needs that step before it. */
function isInPlace(step: Step, { after, refines }: Role, previous: Instruction | undefined): boolean {
  if (after) return previous?.order.carries === after;
  return !refines || previous?.step === step;
}

function isBetter(tokens: readonly Token[], saying: Saying, best: Saying | undefined): boolean {
  const rank = toRank(tokens, saying);
  const bestRank = best ? toRank(tokens, best) : 0;
  return rank === bestRank ? saying.next > (best?.next ?? saying.next) : rank > bestRank;
}

/**
 * Whole clauses come first, so that `a border and 9 px rounded corners` has a border of no said width. What is no
 * instruction counts as a whole clause only: "crop the cat" is not asked what to crop to. 0: not at all.
 */
function toRank(tokens: readonly Token[], { role, next }: Saying): number {
  const isWhole = next === tokens.length || isJoint(tokens, next);
  if (role.asks || role.remark || role.refines) return isWhole ? 2 : 0;
  return isWhole ? 3 : 1;
}
