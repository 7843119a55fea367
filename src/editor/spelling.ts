import { joints } from './clause.ts';
import { fillerWords } from './filler.ts';
import { listWords } from './phrase.ts';
import { slots } from './slots.ts';
import { steps } from './steps.ts';
import type { Token } from './token.ts';

/** Every word that says something somewhere. */
const telling: ReadonlySet<string> = new Set([
  ...steps.flatMap(({ phrases }) => Object.keys(phrases).flatMap(listWords)),
  ...Object.values(slots).flatMap(({ words = [] }) => words),
]);
/** They say nothing here, but are spelt right. */
const ordinary = [
  ...['there', 'here', 'where', 'what', 'when', 'than', 'them', 'then', 'they', 'these', 'those', 'thing'],
  ...['line', 'letter', 'like'],
];
const known: ReadonlySet<string> = new Set([...telling, ...fillerWords, ...joints, ...ordinary]);

/** Shorter words are like too many others. */
const minLetters = 4;
const maxLetters = 20;
const maxSuggestions = 3;
/** One slip in so many letters still leaves a word that can be told. */
const lettersPerSlip = 3;
/** How many words are looked at. */
const maxWords = 50;

/** For each word that is none, the one that it is most like, if it is like one: in the order they stand, each once. */
export function suggestWords(tokens: readonly Token[]): readonly string[] {
  const unknown = tokens.filter(
    ({ kind, text }) =>
      kind === 'word' && text.length >= minLetters && text.length <= maxLetters && !known.has(text),
  );
  const found = unknown.slice(0, maxWords).flatMap(({ text }) => findNearest(text) ?? []);
  return [...new Set(found)].slice(0, maxSuggestions);
}

/** Undefined too where two words are as near: then it is neither. */
function findNearest(word: string): string | undefined {
  const mostSlips = Math.floor(word.length / lettersPerSlip);
  const candidates = [...telling]
    .filter((candidate) => isLike(word, candidate, mostSlips))
    .map((candidate) => ({ candidate, slips: countSlips(word, candidate) }))
    .filter(({ slips }) => slips <= mostSlips)
    // More often a letter is left out than added.
    .sort((one, other) => one.slips - other.slips || other.candidate.length - one.candidate.length);
  const [nearest, second] = candidates;
  const isTie = nearest?.slips === second?.slips && nearest?.candidate.length === second?.candidate.length;
  return isTie ? undefined : nearest?.candidate;
}

/** Whether the slips are worth counting. A plural is no slip. */
function isLike(word: string, candidate: string, mostSlips: number): boolean {
  return (
    candidate.length >= minLetters &&
    candidate.charAt(0) === word.charAt(0) &&
    Math.abs(candidate.length - word.length) <= mostSlips &&
    candidate !== word.replace(/s$/v, '')
  );
}

/** A letter that is missing, too many, or swapped with its neighbour is one slip; a wrong one is as bad as two. */
function countSlips(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (isSame ? 0 : 2),
        isSwapped ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[other.length] as number;
}
