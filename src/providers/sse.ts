import { type OpenSpool, readAll, type Spool } from '../core/bytes.ts';
import { createJsonOutline, type JsonOutline, type JsonValue } from '../core/json-outline.ts';

/** One event of a stream. Whoever takes it releases `data`. */
export interface ServerEvent {
  /** As the `event` field says; empty: it does not. */
  name: string;
  data: Spool;
  /** The data as JSON; positions in it are positions in `data`. @throws JsonFault */
  outline(): JsonValue;
}

/**
 * Reads `text/event-stream` with lines of any length: data goes to spools as it comes, and only its outline is
 * kept in memory. Ends at `[DONE]` or with the pieces.
 */
export async function* readEvents(
  pieces: AsyncIterable<Uint8Array>,
  openSpool: OpenSpool,
): AsyncGenerator<ServerEvent> {
  const splitter = new LineSplitter();
  let event = new EventInProgress(openSpool);
  try {
    for await (const piece of pieces) {
      for (const part of splitter.split(piece)) {
        await event.take(part);
        if (!event.isOver) continue;
        const done = event.toServerEvent();
        event = new EventInProgress(openSpool);
        if (!done) continue;
        if (await isEndMark(done)) return;
        yield done;
      }
    }
    // The blank line after the last event is forgotten by some.
    await event.take('end of line');
    const last = event.toServerEvent();
    if (last && !(await isEndMark(last))) yield last;
  } finally {
    await event.release();
  }
}

async function isEndMark({ data }: ServerEvent): Promise<boolean> {
  if (data.size !== '[DONE]'.length || (await readAll(data, data.size)).toString() !== '[DONE]') return false;
  await data.release();
  return true;
}

type LinePart = Uint8Array | 'end of line';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Cuts pieces at CR, LF and CRLF. */
class LineSplitter {
  #afterCarriageReturn = false;

  *split(piece: Uint8Array): Generator<LinePart> {
    let at = this.#afterCarriageReturn && piece[0] === lineFeed ? 1 : 0;
    if (piece.length > 0) this.#afterCarriageReturn = false;
    let nextReturn = indexOrEnd(piece, carriageReturn, at);
    while (at < piece.length) {
      if (nextReturn < at) nextReturn = indexOrEnd(piece, carriageReturn, at);
      const end = Math.min(indexOrEnd(piece.subarray(0, nextReturn), lineFeed, at), nextReturn);
      if (end > at) yield piece.subarray(at, end);
      at = end + 1;
      if (end === piece.length) return;
      yield 'end of line';
      if (end !== nextReturn) continue;
      if (piece[at] === lineFeed) at += 1;
      else this.#afterCarriageReturn = at === piece.length;
    }
  }
}

function indexOrEnd(piece: Uint8Array, byte: number, from: number): number {
  const index = piece.indexOf(byte, from);
  return index === -1 ? piece.length : index;
}

const colon = 0x3a;
const space = 0x20;
const maxNameLength = 256;
/** As latin1; before the first line it is not part of it. */
const byteOrderMark = /^\u00ef\u00bb\u00bf/;

/** The lines since the last blank one. */
class EventInProgress {
  isOver = false;
  readonly #openSpool: OpenSpool;
  #name = '';
  #data: Spool | undefined;
  #outline: JsonOutline | undefined;
  #fault: unknown;
  /** The present line: its field's name as far as it came, and its value's length, once the colon came. */
  #field = '';
  #valueLength: number | undefined;

  constructor(openSpool: OpenSpool) {
    this.#openSpool = openSpool;
  }

  async take(part: LinePart): Promise<void> {
    if (part === 'end of line') await this.#endLine();
    else if (this.#valueLength === undefined) await this.#takeField(part);
    else await this.#takeValue(part);
  }

  toServerEvent(): ServerEvent | undefined {
    const [data, outline] = [this.#data, this.#outline];
    if (!data || !outline) return undefined;
    this.#data = undefined;
    const fault = this.#fault;
    return {
      name: this.#name,
      data,
      outline() {
        if (fault !== undefined) throw fault;
        return outline.end();
      },
    };
  }

  async release(): Promise<void> {
    await this.#data?.release();
  }

  async #endLine(): Promise<void> {
    if (this.#field === '' && this.#valueLength === undefined) this.isOver = true;
    else if (this.#valueLength === undefined) await this.#startValue();
    this.#field = '';
    this.#valueLength = undefined;
  }

  async #takeField(part: Uint8Array): Promise<void> {
    const end = part.indexOf(colon);
    const text = Buffer.from(part.subarray(0, end === -1 ? undefined : end)).toString('latin1');
    this.#field = (this.#field + text).replace(byteOrderMark, '').slice(0, maxNameLength);
    if (end === -1) return;
    await this.#startValue();
    if (end + 1 < part.length) await this.#takeValue(part.subarray(end + 1));
  }

  async #startValue(): Promise<void> {
    this.#valueLength = 0;
    if (this.#field === 'event') this.#name = '';
    if (this.#field !== 'data') return;
    // Several data lines are one text with line ends between them.
    if (this.#data) return this.#write(Buffer.from('\n'));
    this.#data = this.#openSpool();
    this.#outline = createJsonOutline();
  }

  async #takeValue(part: Uint8Array): Promise<void> {
    const value = this.#valueLength === 0 && part[0] === space ? part.subarray(1) : part;
    this.#valueLength = (this.#valueLength ?? 0) + part.length;
    if (value.length === 0) return;
    if (this.#field === 'data') await this.#write(value);
    else if (this.#field === 'event') {
      this.#name = (this.#name + Buffer.from(value).toString('utf8')).slice(0, maxNameLength);
    }
  }

  async #write(value: Uint8Array): Promise<void> {
    try {
      if (this.#fault === undefined) this.#outline?.write(value);
    } catch (fault) {
      // Told to whoever asks for the outline: not all data is JSON.
      this.#fault = fault;
    }
    await this.#data?.write(value);
  }
}
