import { RetouchError } from '../core/errors.ts';
import { type PartHead, readPartHead } from './part-head.ts';

/** A part's content, as a range of the whole body. */
export interface Part<Rule> {
  rule: Rule;
  start: number;
  end: number;
}

/** What a part may be. */
export interface PartRule {
  maxBytes: number;
  /** The error for a part with more. */
  toTooLong: () => RetouchError;
}

const maxHeadBytes = 16 * 1024;
/** Blanks that transport may have added between a boundary and the end of its line. */
const maxPaddingBytes = 256;
/** How much of a piece is joined to the rest of the one before, to settle that without a copy of the whole piece. */
const seamBytes = 1024;
const [tab, lineFeed, carriageReturn, space, hyphen] = Buffer.from('\t\n\r -');

type Newline = '\r\n' | '\n';
/** What follows a boundary: a line's end and then a part, or the end of all parts; or it is none; or too little is there to tell. */
type Following = { newline: Newline; partAt: number } | 'end' | 'none' | 'unknown';

/**
 * Finds the parts of a multipart body (RFC 2046, RFC 7578) while it passes by in pieces. Lines may end with LF alone
 * if they do so from the first boundary on; then a CR before a boundary belongs to the content.
 */
export class PartScanner<Rule extends PartRule> {
  readonly #boundary: string;
  readonly #decideRule: (head: PartHead) => Rule;
  readonly #parts: Part<Rule>[] = [];
  #state: 'preamble' | 'head' | 'content' | 'epilogue' = 'preamble';
  #newline: Newline = '\r\n';
  /** What ends the preamble, later a content. */
  #delimiter: Buffer;
  /** Bytes of the body before `#data`, and how much of `#data` is settled. */
  #offset = 0;
  #at = 0;
  #data: Buffer = Buffer.alloc(0);
  /** Of the pieces before: what only the next bytes can settle. */
  #rest: Buffer = Buffer.alloc(0);
  /** The part whose content is passing by. */
  #open: { rule: Rule; start: number } | undefined;

  /** `decideRule` is called with each part's headers before its content; it may throw to refuse the part. */
  constructor(boundary: string, decideRule: (head: PartHead) => Rule) {
    this.#boundary = `--${boundary}`;
    this.#delimiter = Buffer.from(this.#boundary, 'latin1');
    this.#decideRule = decideRule;
  }

  /** The body's next bytes; the piece is not kept. @throws RetouchError invalid_multipart, and what the rules say */
  write(piece: Uint8Array): void {
    let fresh = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (this.#rest.length > 0) {
      const seam = fresh.subarray(0, seamBytes);
      this.#scan(Buffer.concat([this.#rest, seam]));
      if (seam.length === fresh.length) return;
      const missing = this.#rest.length - seam.length;
      fresh = missing > 0 ? Buffer.concat([this.#rest, fresh.subarray(seamBytes)]) : fresh.subarray(-missing);
    }
    this.#scan(fresh);
  }

  /** All parts, in order, once every byte was written. @throws RetouchError invalid_multipart */
  end(): readonly Part<Rule>[] {
    if (this.#state === 'epilogue') return this.#parts;
    const boundary = this.#boundary.slice(0, 80);
    throw toFault(
      this.#state === 'preamble'
        ? `no line in it is the boundary "${boundary}" that Content-Type names`
        : `it ends before its closing boundary "${boundary}--"; it was cut short`,
    );
  }

  #scan(data: Buffer): void {
    this.#data = data;
    this.#at = 0;
    while (this.#step());
    this.#offset += this.#at;
    this.#rest = Buffer.from(data.subarray(this.#at));
  }

  /** False when more bytes are needed. */
  #step(): boolean {
    if (this.#state === 'content') return this.#readContent();
    if (this.#state === 'head') return this.#readHead();
    if (this.#state === 'preamble') return this.#readPreamble();
    this.#at = this.#data.length;
    return false;
  }

  #readPreamble(): boolean {
    const found = this.#data.indexOf(this.#delimiter, this.#at);
    // One byte more than could begin a boundary stays: what stands before it decides.
    if (found === -1) return this.#settle(Math.max(this.#at, this.#data.length - this.#delimiter.length));
    const startsLine = this.#offset + found === 0 || this.#data[found - 1] === lineFeed;
    const following = startsLine ? this.#readFollowing(found + this.#delimiter.length) : 'none';
    if (following === 'unknown') return this.#settle(Math.max(this.#at, found - 1));
    if (following === 'end' && this.#offset + found > 0) {
      throw toFault(`no line before the closing "${this.#boundary.slice(0, 80)}--" is the boundary`);
    }
    if (following === 'none') this.#at = found + 1;
    else this.#take(following);
    return true;
  }

  #readHead(): boolean {
    // The line of the boundary has been read but for its end: so the blank line is found even if no header precedes it.
    const end = this.#data.indexOf(this.#newline + this.#newline, this.#at);
    const headBytes = (end === -1 ? this.#data.length : end) - this.#at;
    const where = `part ${this.#parts.length + 1}`;
    if (headBytes > maxHeadBytes) throw toFault(`${where} has more than ${maxHeadBytes} bytes of headers`);
    if (end === -1) return false;
    const text = this.#data.toString('latin1', this.#at + this.#newline.length, end);
    const head = readPartHead(text === '' ? [] : text.split(this.#newline), where);
    this.#open = { rule: this.#decideRule(head), start: this.#offset + end + 2 * this.#newline.length };
    this.#state = 'content';
    // The blank line's end may already be the start of the delimiter: then the content is empty.
    this.#at = end + this.#newline.length;
    return true;
  }

  #readContent(): boolean {
    const found = this.#data.indexOf(this.#delimiter, this.#at);
    if (found === -1) return this.#settle(this.#findPossibleDelimiter());
    const following = this.#readFollowing(found + this.#delimiter.length);
    if (following === 'unknown') return this.#settle(found);
    if (following === 'none') {
      this.#at = found + 1;
      return true;
    }
    this.#closePart(found);
    this.#take(following);
    return true;
  }

  /** Where a delimiter could begin whose end has not come yet. */
  #findPossibleDelimiter(): number {
    const from = Math.max(this.#at, this.#data.length - this.#delimiter.length + 1);
    const first = this.#data.indexOf(this.#delimiter[0] as number, from);
    return first === -1 ? this.#data.length : first;
  }

  #readFollowing(at: number): Following {
    const data = this.#data;
    const [first, second] = [data[at], data[at + 1]];
    if (first === hyphen && second === hyphen) return 'end';
    let end = at;
    while (end - at < maxPaddingBytes && (data[end] === space || data[end] === tab)) end += 1;
    const lineFeedAt = data[end] === carriageReturn ? end + 1 : end;
    if (data[lineFeedAt] === undefined || (first === hyphen && second === undefined)) return 'unknown';
    if (data[lineFeedAt] !== lineFeed) return 'none';
    const newline = lineFeedAt === end ? '\n' : '\r\n';
    const isOurs = this.#state === 'preamble' || newline === this.#newline;
    return isOurs ? { newline, partAt: lineFeedAt + 1 } : 'none';
  }

  #take(following: Exclude<Following, string> | 'end'): void {
    if (following === 'end') {
      this.#state = 'epilogue';
      return;
    }
    this.#state = 'head';
    this.#newline = following.newline;
    this.#delimiter = Buffer.from(this.#newline + this.#boundary, 'latin1');
    this.#at = following.partAt - following.newline.length;
  }

  #closePart(at: number): void {
    if (!this.#open) return;
    const { rule, start } = this.#open;
    const end = Math.max(start, this.#offset + at);
    this.#checkLength(end);
    this.#parts.push({ rule, start, end });
    this.#open = undefined;
  }

  /** Everything before `at` is known; the rest waits for more bytes. */
  #settle(at: number): false {
    this.#at = at;
    this.#checkLength(this.#offset + at);
    return false;
  }

  #checkLength(end: number): void {
    if (this.#open && end - this.#open.start > this.#open.rule.maxBytes) throw this.#open.rule.toTooLong();
  }
}

function toFault(what: string): RetouchError {
  return new RetouchError('invalid_multipart', `The multipart body is broken: ${what}.`);
}
