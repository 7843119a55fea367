import { notUnderstood, tooManySteps } from './capabilities.ts';
import { dropFiller } from './filler.ts';
import { createPhrase, type Phrase } from './phrase.ts';
import { wordAt } from './reader.ts';
import type { Said, Sense } from './said.ts';
import type { Order, Step } from './step.ts';
import { steps } from './steps.ts';
import { readTokens, type Token } from './token.ts';

/** One step, with what it was asked to do. */
export interface Instruction {
  step: Step;
  order: Order;
}

const maxInstructions = 50;
/** After so many the rest is not read: the prompt was written for something else. */
const maxUnplaced = 8;

/** Words between two steps. */
const joints = new Set(['and', 'then', 'with', 'plus', 'also', 'next', 'finally', 'afterwards', 'first']);
/** Verbs that may begin any step. */
const openers = new Set(['make', 'give', 'apply', 'do', 'have', 'edit', 'look', 'appear']);

interface Saying {
  step: Step;
  sense: Sense;
  phrase: Phrase;
}

const sayings: readonly Saying[] = steps.flatMap((step) =>
  Object.entries(step.phrases).map(([pattern, sense]) => ({ step, sense, phrase: createPhrase(pattern) })),
);

/**
 * Reads what a prompt asks for, in the order it is asked. Takes time in proportion to the prompt's length.
 * @throws RetouchError instruction_not_understood, if any word that means something has no place
 */
export function readInstructions(prompt: string): readonly Instruction[] {
  const tokens = dropFiller(readTokens(prompt));
  const instructions: Instruction[] = [];
  const unplaced: Range[] = [];
  let at = skipJoints(tokens, 0);
  while (at < tokens.length && unplaced.length < maxUnplaced) {
    const found = readInstruction(prompt, tokens, at);
    if (found) instructions.push(found.instruction);
    if (instructions.length > maxInstructions) throw tooManySteps(maxInstructions);
    const end = findClauseEnd(tokens, found?.next ?? at);
    addUnplaced(unplaced, tokens, { start: found?.next ?? at, end });
    at = skipJoints(tokens, end);
  }
  if (unplaced.length === 0 && instructions.length > 0) return instructions;
  throw notUnderstood(unplaced.map(({ start, end }) => sliceOf(prompt, tokens, start, end)));
}

/** The longest phrase that fits, after any opening verbs. */
function readInstruction(
  prompt: string,
  tokens: readonly Token[],
  start: number,
): { instruction: Instruction; next: number } | undefined {
  let longest: { saying: Saying; said: Said; next: number } | undefined;
  for (let at = start; at === start || openers.has(wordAt(tokens, at - 1)); at += 1) {
    for (const saying of sayings) {
      for (const { said, next } of saying.phrase(tokens, at)) {
        if (next > (longest?.next ?? at)) longest = { saying, said, next };
      }
    }
  }
  if (!longest) return undefined;
  const { saying, said, next } = longest;
  const order = { ...said, ...saying.sense, words: sliceOf(prompt, tokens, start, next) };
  return { instruction: { step: saying.step, order }, next };
}

interface Range {
  start: number;
  end: number;
}

/** Words that only an `and` divides are named as one. */
function addUnplaced(unplaced: Range[], tokens: readonly Token[], range: Range): void {
  const last = unplaced.at(-1);
  if (range.start === range.end) return;
  if (last?.end === range.start - 1 && wordAt(tokens, last.end) === 'and') last.end = range.end;
  else unplaced.push(range);
}

/** Where the clause ends that a token belongs to. What is left over up to there has no place. */
function findClauseEnd(tokens: readonly Token[], at: number): number {
  let end = at;
  while (end < tokens.length && !isJoint(tokens, end)) end += 1;
  return end;
}

function skipJoints(tokens: readonly Token[], at: number): number {
  let next = at;
  while (isJoint(tokens, next)) next += 1;
  return next;
}

function isJoint(tokens: readonly Token[], at: number): boolean {
  return tokens[at]?.kind === 'break' || joints.has(wordAt(tokens, at));
}

function sliceOf(prompt: string, tokens: readonly Token[], start: number, end: number): string {
  return prompt.slice(tokens[start]?.start, tokens[end - 1]?.end);
}
