import { isAscii } from 'node:buffer';
import { findNotPlain } from './byte-scan.ts';

/** Why a text is not JSON, and at which byte (from 0) that shows. */
export class JsonFault extends Error {
  readonly position: number;

  constructor(position: number, found: string, expected: string) {
    super(`at byte ${position}: found ${found}, expected ${expected}`);
    this.name = 'JsonFault';
    this.position = position;
  }
}

/** A key that an object must not have: its own, or one it has already. */
export class JsonKeyFault extends JsonFault {
  readonly key: string;
  readonly isDuplicate: boolean;

  constructor(position: number, key: string, isDuplicate: boolean) {
    super(position, `the key ${JSON.stringify(key).slice(0, 40)}`, isDuplicate ? 'it once' : 'another key');
    this.name = 'JsonKeyFault';
    this.key = key;
    this.isDuplicate = isDuplicate;
  }
}

/** A string value too long to be built: where in the document it stands, between its quotes. */
export class LongText {
  readonly start: number;
  readonly end: number;
  /** It holds a backslash, so its bytes are not yet the text. */
  readonly escaped: boolean;

  constructor(start: number, end: number, escaped: boolean) {
    this.start = start;
    this.end = end;
    this.escaped = escaped;
  }
}

export type JsonScalar = null | boolean | number | string | LongText;

/** Is told of each token, in order, with the position of its first byte. */
export interface JsonTokenTaker {
  /** One of `{ } [ ] : ,` */
  takeMark(mark: string, position: number): void;
  takeScalar(value: JsonScalar, position: number): void;
}

const toTable = (characters: string): Uint8Array => {
  const members = new Set(Buffer.from(characters, 'latin1'));
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(members.has(byte)));
};
const blanks = toTable(' \t\n\r');
const marks = toTable('{}[]:,');
const escapable = toTable('"\\/bfnrtu');
const hexDigits = toTable('0123456789abcdefABCDEF');
const wordBytes = toTable('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.+-');
const wordForm = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const [quote = 0, backslash = 0, letterU = 0] = Buffer.from('"\\u');
const awaitsLetter = 5;

/** Cuts a document that comes in pieces into tokens; builds no string of more than `maxTextBytes`. */
export class JsonTokenizer {
  readonly #taker: JsonTokenTaker;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The last piece was not all ASCII, so its end may have cut a character. */
  #characterOpen = false;
  /** Length of all pieces before the present one. */
  #offset = 0;
  #state: 'between' | 'text' | 'word' = 'between';
  /** The present token as far as it fits, where it starts, and its whole length. */
  readonly #held: Buffer;
  #start = 0;
  #length = 0;
  #escaped = false;
  /** In an escape: hexadecimal digits still to come, or `awaitsLetter` right after the backslash. */
  #escapeLeft = 0;

  constructor(taker: JsonTokenTaker, maxTextBytes: number) {
    this.#taker = taker;
    this.#held = Buffer.alloc(maxTextBytes);
  }

  /** @throws JsonFault */
  write(piece: Uint8Array): void {
    this.#checkUtf8(piece);
    for (let at = 0; at < piece.length; ) {
      if (this.#state === 'text') at = this.#readText(piece, at);
      else if (this.#state === 'word') at = this.#readWord(piece, at);
      else at = this.#readBetween(piece, at);
    }
    this.#offset += piece.length;
  }

  /** To be called after the last piece. Returns the document's length in bytes. @throws JsonFault */
  end(): number {
    if (this.#state === 'text') throw new JsonFault(this.#offset, 'the end inside a string', 'a quote');
    if (this.#state === 'word') this.#closeWord();
    return this.#offset;
  }

  #checkUtf8(piece: Uint8Array): void {
    const ascii = isAscii(piece);
    if (ascii && !this.#characterOpen) return;
    this.#characterOpen = !ascii;
    try {
      this.#utf8.decode(piece, { stream: true });
    } catch {
      throw new JsonFault(this.#offset, 'there or later bytes that are not UTF-8', 'UTF-8 text');
    }
  }

  #readBetween(piece: Uint8Array, at: number): number {
    const byte = piece[at] as number;
    if (blanks[byte] === 1) return at + 1;
    if (marks[byte] === 1) {
      this.#taker.takeMark(String.fromCharCode(byte), this.#offset + at);
      return at + 1;
    }
    const isText = byte === quote;
    if (!isText && wordBytes[byte] !== 1) {
      throw new JsonFault(this.#offset + at, JSON.stringify(String.fromCharCode(byte)), 'JSON');
    }
    this.#state = isText ? 'text' : 'word';
    this.#start = this.#offset + at;
    this.#length = 0;
    this.#escaped = false;
    return isText ? at + 1 : at;
  }

  #readWord(piece: Uint8Array, at: number): number {
    let end = at;
    while (end < piece.length && wordBytes[piece[end] as number] === 1) end += 1;
    this.#hold(piece, at, end);
    if (end < piece.length) this.#closeWord();
    return end;
  }

  #closeWord(): void {
    this.#state = 'between';
    const word = this.#held.toString('latin1', 0, Math.min(this.#length, this.#held.length));
    const isWhole = this.#length <= this.#held.length;
    const value = isWhole && wordForm.test(word) ? JSON.parse(word) : undefined;
    if (value === undefined || value === Infinity || value === -Infinity) {
      throw new JsonFault(this.#start, `'${word.slice(0, 20)}'`, 'a number in range, true, false or null');
    }
    this.#taker.takeScalar(value, this.#start);
  }

  #readText(piece: Uint8Array, at: number): number {
    if (this.#escapeLeft > 0) return this.#readEscape(piece, at);
    const end = findNotPlain(piece, at, piece.length);
    this.#hold(piece, at, end);
    if (end === piece.length) return end;
    if (piece[end] === quote) this.#closeText();
    else if (piece[end] === backslash) this.#openEscape(piece, end);
    else throw new JsonFault(this.#offset + end, 'a control character in a string', 'an escape such as \\n');
    return end + 1;
  }

  #closeText(): void {
    this.#state = 'between';
    const [start, end] = [this.#start + 1, this.#start + 1 + this.#length];
    if (this.#length > this.#held.length) {
      this.#taker.takeScalar(new LongText(start, end, this.#escaped), this.#start);
      return;
    }
    const text = toText(this.#held.toString('utf8', 0, this.#length), this.#escaped);
    if (text === undefined) throw new JsonFault(start, 'half a surrogate pair in a string', 'both halves');
    this.#taker.takeScalar(text, this.#start);
  }

  #openEscape(piece: Uint8Array, at: number): void {
    this.#hold(piece, at, at + 1);
    this.#escaped = true;
    this.#escapeLeft = awaitsLetter;
  }

  #readEscape(piece: Uint8Array, at: number): number {
    const byte = piece[at] as number;
    const isLetter = this.#escapeLeft === awaitsLetter;
    if ((isLetter ? escapable : hexDigits)[byte] !== 1) {
      throw new JsonFault(
        this.#offset + at,
        'an unknown escape in a string',
        'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000',
      );
    }
    this.#escapeLeft = isLetter && byte !== letterU ? 0 : this.#escapeLeft - 1;
    this.#hold(piece, at, at + 1);
    return at + 1;
  }

  #hold(piece: Uint8Array, from: number, to: number): void {
    if (this.#length + to - from <= this.#held.length) this.#held.set(piece.subarray(from, to), this.#length);
    this.#length += to - from;
  }
}

/** What stands between two quotes → the text it means; undefined where it holds half a surrogate pair. */
export function toText(raw: string, escaped: boolean): string | undefined {
  if (!escaped) return raw;
  const text: string = JSON.parse(`"${raw}"`);
  return text.isWellFormed() ? text : undefined;
}
