import { isJoint } from './clause.ts';
import { createPhrase } from './phrase.ts';
import { wordAt } from './reader.ts';
import type { Said, Sense } from './said.ts';
import type { Step } from './step.ts';
import { steps } from './steps.ts';
import type { Token } from './token.ts';

/** A step that was found in the words. */
export interface Saying {
  step: Step;
  meaning: Said & Sense;
  /** The first token that is not part of it. */
  next: number;
}

const maxOpeners = 3;
/** Verbs that may begin any step. */
const openers = new Set(['make', 'give', 'apply', 'do', 'have', 'edit', 'look', 'appear']);

const phrases = steps.flatMap((step) =>
  Object.entries(step.phrases).map(([pattern, sense]) => ({ step, sense, match: createPhrase(pattern) })),
);

/** The step that fits best at the beginning of a clause, after any opening verbs. */
export function findSaying(tokens: readonly Token[], start: number): Saying | undefined {
  let end = start;
  while (end - start < maxOpeners && openers.has(wordAt(tokens, end))) end += 1;
  const starts = Array.from({ length: end - start + 1 }, (_, index) => start + index);
  return starts
    .flatMap((at) => findAll(tokens, at))
    .reduce<Saying | undefined>(
      (best, saying) => (isBetter(tokens, saying, best) ? saying : best),
      undefined,
    );
}

function findAll(tokens: readonly Token[], at: number): readonly Saying[] {
  return phrases.flatMap(({ step, sense, match }) =>
    match(tokens, at)
      .filter(({ next }) => next > at)
      .map(({ said, next }) => ({ step, meaning: { ...said, ...sense }, next })),
  );
}

/** Whole clauses come first, so that `a border and 9 px rounded corners` has a border of no said width. */
function isBetter(tokens: readonly Token[], saying: Saying, best: Saying | undefined): boolean {
  if (!best) return true;
  const isWhole = endsClause(tokens, saying.next);
  return isWhole === endsClause(tokens, best.next) ? saying.next > best.next : isWhole;
}

function endsClause(tokens: readonly Token[], next: number): boolean {
  return next === tokens.length || isJoint(tokens, next);
}
