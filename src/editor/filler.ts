import type { Token } from './token.ts';

/** Words that carry no instruction. Nothing that negates, limits or points may ever stand here. */
const fillerPhrases = [
  ...['please', 'pls', 'kindly', 'thanks', 'thank you', 'hi', 'hello', 'hey', 'ok', 'okay'],
  ...['could you', 'can you', 'would you', 'will you', 'you', 'for me', 'i want', 'i want to', 'i need'],
  ...[
    'i would like',
    'i would like to',
    "i'd like",
    "i'd like to",
    'i want you to',
    'i need you to',
    "let's",
  ],
  ...['i would like you to', "i'd like you to", 'be', 'to be', 'to have', 'should be', 'should look'],
  ...['just', 'simply', 'now', 'version', 'version of'],
  ...['a', 'an', 'the', 'my', 'our', 'its', 'some', 'it', 'this', 'that', 'original', 'whole', 'entire'],
  ...['picture', 'image', 'photo', 'photograph', 'pic', 'pictures', 'images', 'photos', 'everything'],
];

const prepositions = new Set(['to', 'of', 'in', 'on', 'for', 'around', 'from', 'over', 'onto', 'into']);
const determiners = new Set(['the', 'my', 'our', 'this', 'that', 'original', 'whole', 'entire', 'a', 'an']);
const nouns = new Set(['it', 'this', 'picture', 'image', 'photo', 'photograph', 'pic', 'original']);

const phrasesByFirstWord = Map.groupBy(
  fillerPhrases.map((phrase) => phrase.split(' ')).sort((left, right) => right.length - left.length),
  ([first = '']) => first,
);

/** The tokens without the filler words. */
export function dropFiller(tokens: readonly Token[]): readonly Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const length = countFiller(tokens, at);
    if (length === 0) kept.push(tokens[at] as Token);
    at += Math.max(1, length);
  }
  return kept;
}

function countFiller(tokens: readonly Token[], at: number): number {
  const candidates = phrasesByFirstWord.get(wordAt(tokens, at)) ?? [];
  const phrase = candidates.find((words) =>
    words.every((word, index) => wordAt(tokens, at + index) === word),
  );
  return Math.max(phrase?.length ?? 0, countPrepositionalFiller(tokens, at));
}

/** `to it`, `of the original picture`: the words after which a preposition says nothing. */
function countPrepositionalFiller(tokens: readonly Token[], at: number): number {
  if (!prepositions.has(wordAt(tokens, at))) return 0;
  let end = at + 1;
  while (determiners.has(wordAt(tokens, end))) end += 1;
  if (nouns.has(wordAt(tokens, end))) return end + 1 - at;
  return nouns.has(wordAt(tokens, end - 1)) ? end - at : 0;
}

function wordAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
}
