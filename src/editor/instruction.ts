import { notUnderstood, tooManySteps } from './capabilities.ts';
import { findClauseEnd, skipJoints } from './clause.ts';
import { dropFiller } from './filler.ts';
import { wordAt } from './reader.ts';
import { findSaying } from './saying.ts';
import type { Order, Step } from './step.ts';
import { readTokens, type Token } from './token.ts';

/** One step, with what it was asked to do. */
export interface Instruction {
  step: Step;
  order: Order;
}

/** A range of tokens. */
interface Range {
  start: number;
  end: number;
}

const maxInstructions = 50;
/** After so many the rest is not read: the prompt was written for something else. */
const maxUnplaced = 8;

/**
 * Reads what a prompt asks for, in the order it is asked. Takes time in proportion to the prompt's length.
 * @throws RetouchError instruction_not_understood, if any word that means something has no place
 */
export function readInstructions(prompt: string): readonly Instruction[] {
  const tokens = dropFiller(readTokens(prompt));
  const sliceOf = ({ start, end }: Range): string => prompt.slice(tokens[start]?.start, tokens[end - 1]?.end);
  const instructions: Instruction[] = [];
  const unplaced: Range[] = [];
  let at = skipJoints(tokens, 0);
  while (at < tokens.length && unplaced.length < maxUnplaced) {
    const saying = findSaying(tokens, at);
    const next = saying?.next ?? at;
    if (saying) {
      const order = { ...saying.meaning, words: sliceOf({ start: at, end: next }) };
      instructions.push({ step: saying.step, order });
    }
    if (instructions.length > maxInstructions) throw tooManySteps(maxInstructions);
    const end = findClauseEnd(tokens, next);
    if (end > next) unplaced.push({ start: next, end });
    at = skipJoints(tokens, end);
  }
  if (unplaced.length === 0 && instructions.length > 0) return instructions;
  throw notUnderstood(joinRanges(unplaced, tokens).map(sliceOf), at < tokens.length);
}

/** Words that only an `and` divides are named as one. */
function joinRanges(ranges: readonly Range[], tokens: readonly Token[]): readonly Range[] {
  const joined: Range[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last?.end === range.start - 1 && wordAt(tokens, last.end) === 'and') last.end = range.end;
    else joined.push({ ...range });
  }
  return joined;
}
