import { standsAt, wordAt } from './reader.ts';
import type { Token } from './token.ts';

/** Words that carry no instruction. Nothing that negates, limits or points may ever stand here. */
const fillerPhrases = [
  ...['please', 'pls', 'plz', 'kindly', 'hi', 'hello', 'hey', 'ok', 'okay', 'just', 'simply', 'now'],
  ...['thanks', 'thx', 'thank you', 'thanks a lot', 'thanks so much', 'thanks very much', 'many thanks'],
  ...['thank you very much', 'thank you so much', 'thanks in advance', 'thank you in advance'],
  ...['could you', 'can you', 'would you', 'will you', 'can u', 'could u', 'you', 'would you mind', 'for me'],
  ...['can i have', 'could i have', 'may i have', 'can i get', 'could i get', 'can we have'],
  ...['i want', 'i want to', 'i want you to', 'i need', 'i need you to', "let's", "i'd love", "i'd love to"],
  ...['i would like', 'i would like to', "i'd like", "i'd like to", 'i would love', 'i would love to'],
  ...['i would like you to', "i'd like you to", 'be', 'to be', 'to have', 'should be', 'should look'],
  ...['needs', 'needs to be', 'could use'],
  ...['version', 'version of', 'a', 'an', 'the', 'my', 'our', 'its', 'some', 'it', 'this', 'that'],
  ...['this one', 'that one', 'whole', 'entire', 'everything', 'all of it', 'all of this'],
  ...['all of the picture', 'all of the image', 'all of the photo'],
  ...['original picture', 'original image', 'original photo', 'original photograph'],
];

const pictures = ['picture', 'image', 'photo', 'photograph', 'pic', 'pictures', 'images', 'photos'];
const prepositions = new Set(['to', 'of', 'in', 'on', 'for', 'from', 'over', 'onto', 'into']);
const determiners = new Set(['the', 'my', 'our', 'this', 'that', 'original', 'whole', 'entire', 'a', 'an']);
const nouns = new Set(['it', 'this', 'picture', 'image', 'photo', 'photograph', 'pic']);
/** Before these, "of it" says how much of the picture is meant. */
const parts = new Set([
  ...['some', 'most', 'much', 'little', 'bit', 'lot', 'lots', 'percent', 'cent', 'pct'],
  ...['half', 'third', 'thirds', 'quarter', 'quarters'],
]);
/** Before these, "image" says which one is meant. */
const pointers = new Set([
  'left',
  'right',
  'top',
  'bottom',
  'upper',
  'lower',
  'middle',
  'other',
  'second',
  'last',
]);

const phrases = [...fillerPhrases, ...pictures]
  .map((phrase) => phrase.split(' '))
  .sort((left, right) => right.length - left.length);
const phrasesByFirstWord = Map.groupBy(phrases, ([first = '']) => first);

/** The words of filler, which are spelt right. */
export const fillerWords: readonly string[] = phrases.flat();

/** The tokens without the filler words, which are noted with the next that stays. */
export function dropFiller(tokens: readonly Token[]): readonly Token[] {
  const kept: Token[] = [];
  let filler: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const length = countFiller(tokens, at);
    const words = tokens.slice(at, at + Math.max(1, length));
    at += words.length;
    if (length > 0 && !isMeant(tokens, at - length)) {
      filler.push(...words.map(({ text }) => text));
      continue;
    }
    kept.push(...words.map((word) => (filler.length > 0 ? { ...word, filler: filler.join(' ') } : word)));
    filler = [];
  }
  return kept;
}

function countFiller(tokens: readonly Token[], at: number): number {
  const candidates = phrasesByFirstWord.get(wordAt(tokens, at)) ?? [];
  const phrase = candidates.find((words) => standsAt(words, tokens, at));
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

/** Whether what looks like filler says something where it stands: `half of it`, `the left image`, `the photo in it`. */
function isMeant(tokens: readonly Token[], at: number): boolean {
  const word = wordAt(tokens, at);
  const before = wordAt(tokens, at - 1);
  if (word === 'of') return parts.has(before);
  if (word === 'in' || word === 'on') return pictures.includes(before);
  return pictures.includes(word) && pointers.has(before);
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

/** Whether what the token begins can be a new thing: `a border`, `white borders`, but not `the border`. */
export function isNew({ filler = '' }: Token): boolean {
  return (
    /(?:^|\s)(?:an?|some)$/v.test(filler) || !/(?:^|\s)(?:the|my|our|this|that|its)(?:\s|$)/v.test(filler)
  );
}
