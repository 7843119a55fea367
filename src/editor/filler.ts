import { standsAt, wordAt } from './reader.ts';
import type { Token } from './token.ts';

/** Words that carry no instruction. Nothing that negates, limits or points may ever stand here. */
const fillerPhrases = [
  ...['please', 'pls', 'plz', 'kindly', 'hi', 'hello', 'hey', 'ok', 'okay', 'just', 'simply', 'now'],
  ...['thanks', 'thank you', 'thanks a lot', 'thanks so much', 'thanks very much', 'many thanks'],
  ...['thank you very much', 'thank you so much', 'thanks in advance', 'thank you in advance'],
  ...['could you', 'can you', 'would you', 'will you', 'can u', 'could u', 'you', 'would you mind', 'for me'],
  ...['can i have', 'could i have', 'may i have', 'can i get', 'could i get', 'can we have'],
  ...['i want', 'i want to', 'i want you to', 'i need', 'i need you to', "let's", "i'd love"],
  ...['i would like', 'i would like to', "i'd like", "i'd like to", 'i would love'],
  ...['i would like you to', "i'd like you to", 'be', 'to be', 'to have', 'should be', 'should look'],
  ...['needs', 'needs to be', 'could use'],
  ...['version', 'version of', 'a', 'an', 'the', 'my', 'our', 'its', 'some', 'it', 'this', 'that'],
  ...['whole', 'entire', 'everything', 'all of it', 'all of this'],
  ...['picture', 'image', 'photo', 'photograph', 'pic', 'pictures', 'images', 'photos'],
  ...['original picture', 'original image', 'original photo', 'original photograph'],
];

/** They begin like filler, but say something. */
const meaningful = ['some of'];

const prepositions = new Set(['to', 'of', 'in', 'on', 'for', 'from', 'over', 'onto', 'into']);
const determiners = new Set(['the', 'my', 'our', 'this', 'that', 'original', 'whole', 'entire', 'a', 'an']);
const nouns = new Set(['it', 'this', 'picture', 'image', 'photo', 'photograph', 'pic', 'original']);

const phrases = [
  ...fillerPhrases.map((phrase) => ({ words: phrase.split(' '), isFiller: true })),
  ...meaningful.map((phrase) => ({ words: phrase.split(' '), isFiller: false })),
];
const phrasesByFirstWord = Map.groupBy(
  phrases.sort((left, right) => right.words.length - left.words.length),
  ({ words: [first = ''] }) => first,
);

/** The words of filler, for suggestions. */
export const fillerWords: readonly string[] = phrases.flatMap(({ words }) => words);

/** The tokens without the filler words, which are noted with the next that stays. */
export function dropFiller(tokens: readonly Token[]): readonly Token[] {
  const kept: Token[] = [];
  let filler: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const length = countFiller(tokens, at);
    const dropped = tokens.slice(at, at + length).map(({ text }) => text);
    filler.push(...dropped);
    at += length;
    if (length > 0) continue;
    kept.push({ ...(tokens[at] as Token), ...(filler.length > 0 && { filler: filler.join(' ') }) });
    filler = [];
    at += 1;
  }
  return kept;
}

function countFiller(tokens: readonly Token[], at: number): number {
  const candidates = phrasesByFirstWord.get(wordAt(tokens, at)) ?? [];
  const phrase = candidates.find(({ words }) => standsAt(words, tokens, at));
  const length = phrase?.isFiller ? phrase.words.length : 0;
  return Math.max(length, countPrepositionalFiller(tokens, at));
}

/** `to it`, `of the original picture`: the words after which a preposition says nothing. */
function countPrepositionalFiller(tokens: readonly Token[], at: number): number {
  if (!prepositions.has(wordAt(tokens, at))) return 0;
  let end = at + 1;
  while (determiners.has(wordAt(tokens, end))) end += 1;
  if (nouns.has(wordAt(tokens, end))) return end + 1 - at;
  return nouns.has(wordAt(tokens, end - 1)) ? end - at : 0;
}

const named = /(?:^|\s)(?:pictures?|images?|photos?|photographs?|pic)$/v;
const meant = /(?:^|\s)(?:it|this|that)$/v;

/** Whether the picture is named right before the token: `reduce the image by`. */
export function isPictureNamed({ filler = '' }: Token): boolean {
  return named.test(filler);
}

/** Whether the picture is meant right before the token: `make it portrait`, but not `make a portrait`. */
export function isPictureMeant(token: Token): boolean {
  return isPictureNamed(token) || meant.test(token.filler ?? '');
}
