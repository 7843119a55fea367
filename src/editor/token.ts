import { createQuoteReader } from './quotes.ts';

/** A piece of an instruction; it stands at `start` to `end` (not included) of the prompt. */
export interface Token {
  kind: 'word' | 'number' | 'text' | 'break';
  /** Lower case, in British spelling. Of a quoted text: what stands between the quotes, as it is. */
  text: string;
  start: number;
  end: number;
  /** The words without meaning of their own that stood before it: `make it the`. */
  filler?: string;
}

/** Each alternative begins with characters of its own, so that reading is one pass. */
const lexeme =
  /(?<break>[\n\r\u2028\u2029,;.!?…•*>→–—\|]+)|(?<number>[+\-−]?\d+(?:[.,]\d+)*)|(?<colour>#[0-9a-f]+)|(?<word>\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*)|(?<gap>[[\s\p{Cf}\p{Cc}]--[\n\r\u2028\u2029]]+)|(?<symbol>.)/isvy;

const listMarker = /[ \t]*\d{1,2}[.\)](?=\s)/vy;

const symbolWords: Readonly<Record<string, string>> = {
  '&': 'and',
  '+': 'and',
  '%': 'percent',
  '°': 'degrees',
  º: 'degrees',
  '×': 'x',
  '/': '/',
};

const britishSpelling: Readonly<Record<string, string>> = {
  color: 'colour',
  colors: 'colours',
  colorful: 'colourful',
  gray: 'grey',
  grayscale: 'greyscale',
  center: 'centre',
  centered: 'centred',
};

/** Cuts a prompt into tokens; takes time in proportion to its length. */
export function readTokens(prompt: string): readonly Token[] {
  const tokens: Token[] = [];
  const findQuotedEnd = createQuoteReader(prompt);
  let at = 0;
  while (at < prompt.length) {
    const quotedEnd = findQuotedEnd(at);
    const token = quotedEnd === undefined ? readLexeme(prompt, at, isLineStart(tokens)) : undefined;
    const end = quotedEnd ?? token?.end ?? at + 1;
    if (quotedEnd !== undefined) {
      tokens.push({ kind: 'text', text: prompt.slice(at + 1, quotedEnd - 1), start: at, end });
    } else if (token?.kind) {
      tokens.push({ kind: token.kind, text: token.text, start: at, end });
    }
    at = end;
  }
  return tokens;
}

function isLineStart(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  return last === undefined || (last.kind === 'break' && last.text === '\n');
}

type Lexeme = { kind: Token['kind'] | undefined; text: string; end: number };

/** What stands at `at`; no kind: nothing that means anything. */
function readLexeme(prompt: string, at: number, lineStart: boolean): Lexeme {
  listMarker.lastIndex = at;
  if (lineStart && listMarker.test(prompt)) return { kind: undefined, text: '', end: listMarker.lastIndex };
  lexeme.lastIndex = at;
  const found = lexeme.exec(prompt)?.groups ?? {};
  const end = lexeme.lastIndex;
  if (found.break !== undefined) return { kind: 'break', text: toBreak(found.break), end };
  if (found.number !== undefined) return { kind: 'number', text: found.number.replace('−', '-'), end };
  if (found.gap !== undefined) return { kind: undefined, text: '', end };
  const word = found.colour ?? found.word;
  if (word !== undefined) return { kind: 'word', text: toWord(word), end };
  return { ...readSymbol(found.symbol ?? '', prompt, at), end };
}

function toBreak(text: string): string {
  if (/[\n\r]/v.test(text)) return '\n';
  return text === ',' ? ',' : '.';
}

function toWord(text: string): string {
  const word = text.toLowerCase().replaceAll('’', "'");
  return Object.hasOwn(britishSpelling, word) ? (britishSpelling[word] as string) : word;
}

function readSymbol(symbol: string, prompt: string, at: number): Omit<Lexeme, 'end'> {
  const before = prompt.charAt(at - 1);
  const after = prompt.charAt(at + 1);
  if (symbol === '-') return { kind: isSpace(before) || isSpace(after) ? 'break' : undefined, text: '.' };
  if (symbol === ':') return { kind: isDigit(before) && isDigit(after) ? 'word' : undefined, text: ':' };
  if ('()[]{}'.includes(symbol)) return { kind: undefined, text: '' };
  return { kind: 'word', text: symbolWords[symbol] ?? symbol };
}

const isSpace = (character: string): boolean => character.trim() === '';
const isDigit = (character: string): boolean => character >= '0' && character <= '9';
