import type { Token } from './token.ts';

/** A value found at a position, and the first token after it. */
export interface Reading<T> {
  value: T;
  next: number;
}

export interface Reader<T> {
  (tokens: readonly Token[], at: number): Reading<T> | undefined;
  /** The words it is on the look-out for, where there is a list of them. */
  words?: readonly string[];
}

/** Reads the longest of the table's keys (one or more words each) that stands at a position. */
export function createTableReader<T>(table: Readonly<Record<string, T>>): Reader<T> {
  const entries = Object.entries(table)
    .map(([key, value]) => ({ words: key.split(' '), value }))
    .sort((left, right) => right.words.length - left.words.length);
  const byFirstWord = Map.groupBy(entries, ({ words }) => words[0]);
  const read: Reader<T> = (tokens, at) => {
    const candidates = byFirstWord.get(wordAt(tokens, at)) ?? [];
    const found = candidates.find(({ words }) => standsAt(words, tokens, at));
    return found && { value: found.value, next: at + found.words.length };
  };
  return withWords(read, ...entries.flatMap(({ words }) => words));
}

/** A reader that looks out for these words too. */
export function withWords<T>(read: Reader<T>, ...words: readonly string[]): Reader<T> {
  return Object.assign<Reader<T>, Pick<Reader<T>, 'words'>>((tokens, at) => read(tokens, at), {
    words: [...(read.words ?? []), ...words],
  });
}

/** The first reading that succeeds. */
export function firstOf<T>(...readers: readonly Reader<T>[]): Reader<T> {
  const readFirst: Reader<T> = (tokens, at) => {
    for (const read of readers) {
      const reading = read(tokens, at);
      if (reading) return reading;
    }
    return undefined;
  };
  return withWords(readFirst, ...readers.flatMap(({ words = [] }) => words));
}

/** One or more, with commas or `and` between. */
export function createListReader<T>(read: Reader<T>): Reader<readonly T[]> {
  const readList: Reader<readonly T[]> = (tokens, at) => {
    const first = read(tokens, at);
    if (!first) return undefined;
    const value = [first.value];
    let { next } = first;
    for (let joint = skipJoint(tokens, next); joint > next; joint = skipJoint(tokens, next)) {
      const further = read(tokens, joint);
      if (!further) break;
      value.push(further.value);
      next = further.next;
    }
    return { value, next };
  };
  return withWords(readList, ...(read.words ?? []));
}

/** Where a reading goes on after words that may follow it. */
export function skipWord(tokens: readonly Token[], at: number, ...words: readonly string[]): number {
  return words.includes(wordAt(tokens, at)) ? at + 1 : at;
}

/** Where a list goes on after a comma, `and`, or both. */
export function skipJoint(tokens: readonly Token[], at: number): number {
  const token = tokens[at];
  return skipWord(tokens, token?.kind === 'break' && token.text === ',' ? at + 1 : at, 'and');
}

/** The word at a position; empty where something else stands. */
export function wordAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
}

export function standsAt(words: readonly string[], tokens: readonly Token[], at: number): boolean {
  return words.every((word, index) => wordAt(tokens, at + index) === word);
}
