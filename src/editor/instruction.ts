import { checkBearing } from './bearing.ts';
import { notUnderstood, tooManySteps } from './capabilities.ts';
import { findClauseEnd, skipJoints } from './clause.ts';
import { checkCarriedOn, checkNumerals, checkSettlements, checkVersions } from './consistency.ts';
import { dropFiller } from './filler.ts';
import { carryOn, refine } from './follow-up.ts';
import { type Range, readManner, type Source } from './manner.ts';
import { wordAt } from './reader.ts';
import { refuse } from './refusal.ts';
import { findSaying, type Saying } from './saying.ts';
import { shareAmounts } from './shared-amounts.ts';
import { suggestWords } from './spelling.ts';
import type { Instruction } from './step.ts';
import { readTokens, type Token } from './token.ts';

/** What has been read so far. */
interface Reading {
  instructions: Instruction[];
  /** Words that have no place. */
  unplaced: Range[];
  /** What is said to be wrong with the picture, until an instruction mends it. */
  remarks: { saying: Saying; range: Range }[];
  questions: { words: string; asks: string }[];
}

const maxInstructions = 50;
/** After so many the rest is not read: the prompt was written for something else. */
const maxUnplaced = 8;

/**
 * Reads what a prompt asks for, in the order it is asked. Takes time in proportion to the prompt's length.
 * @throws RetouchError instruction_not_understood, if any word that means something has no place, or if two
 *   instructions contradict each other
 */
export function readInstructions(prompt: string): readonly Instruction[] {
  const tokens = dropFiller(readTokens(prompt));
  const reading: Reading = { instructions: [], unplaced: [], remarks: [], questions: [] };
  const source = { prompt, tokens };
  const end = readClauses(source, reading);
  const { instructions, remarks, questions } = reading;
  const unplaced = [...reading.unplaced, ...remarks.map(({ range }) => range)];
  if (unplaced.length > 0 || instructions.length + questions.length === 0) {
    const ranges = joinRanges(
      unplaced.sort((one, other) => one.start - other.start),
      tokens,
    );
    throw notUnderstood({
      words: ranges.map((range) => sliceOf(source, range)),
      isCut: end < tokens.length,
      suggestions: suggestWords(ranges.flatMap((range) => tokens.slice(range.start, range.end))),
    });
  }
  for (const { words, asks } of questions) throw refuse(words, `${asks}.`);
  checkNumerals(tokens);
  checkVersions(instructions);
  checkCarriedOn(instructions);
  checkBearing(instructions);
  const shared = shareAmounts(instructions);
  checkSettlements(shared);
  return shared;
}

function sliceOf({ prompt, tokens }: Source, { start, end }: Range): string {
  return prompt.slice(tokens[start]?.start, tokens[end - 1]?.end);
}

/** Gives the first token that was not read. */
function readClauses(source: Source, reading: Reading): number {
  const { tokens } = source;
  let previous: Instruction | undefined;
  let at = skipJoints(tokens, 0);
  while (at < tokens.length && reading.unplaced.length < maxUnplaced) {
    const saying = findSaying(tokens, at, previous);
    const range = { start: at, end: saying?.next ?? at };
    previous = saying && take(reading, saying, { previous, range, source });
    const end = findClauseEnd(tokens, range.end);
    if (end > range.end) {
      reading.unplaced.push({ start: range.end, end });
      previous = undefined;
    }
    at = skipJoints(tokens, end);
  }
  return at;
}

interface Place {
  previous: Instruction | undefined;
  range: Range;
  source: Source;
}

/** Gives the instruction that the next clause may go on from. @throws RetouchError as `refine` does */
function take(
  { instructions, unplaced, remarks, questions }: Reading,
  saying: Saying,
  { previous, range, source }: Place,
): Instruction | undefined {
  const { step, role, meaning, at, amount } = saying;
  const words = sliceOf(source, range);
  if (role.asks !== undefined) questions.push({ words, asks: role.asks });
  if (role.remark) remarks.push({ saying, range });
  if (role.asks !== undefined || role.remark) return undefined;
  if (role.refines && previous) {
    const refined = refine(previous, meaning, words);
    instructions.splice(-1, 1, refined);
    return refined;
  }
  const whole = role.after && previous ? carryOn(meaning, role.after, previous) : meaning;
  const manner = readManner({ ...source, ...range, at, amount });
  const instruction = { step, order: { ...whole, words }, manner };
  instructions.push(instruction);
  if (instructions.length > maxInstructions) throw tooManySteps(maxInstructions);
  const open = remarks.splice(0).filter((remark) => !mends(instruction, remark.saying));
  unplaced.push(...open.map((remark) => remark.range));
  return instruction;
}

/** `too dark` wants more of what `dark` is too little of. */
function mends({ step, order }: Instruction, remark: Saying): boolean {
  const direction = step.settles?.(order)[remark.step.name];
  return direction !== undefined && direction === -(remark.meaning.sign ?? 0);
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
