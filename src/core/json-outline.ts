import { type Bytes, readAll, toBytes, toRange } from './bytes.ts';
import { type BuilderLimits, JsonBuilder, type JsonValue } from './json-grammar.ts';
import { JsonTokenizer, LongText, toText } from './json-tokens.ts';

export type { JsonObject, JsonValue } from './json-grammar.ts';
export { JsonFault, JsonKeyFault, LongText } from './json-tokens.ts';

export interface JsonLimits extends BuilderLimits {
  /** String values with more bytes than this become `LongText`; longer keys are refused. */
  maxTextBytes: number;
}

export interface JsonOutline {
  /** The document's next bytes; the piece is not kept. @throws JsonFault */
  write(piece: Uint8Array): void;
  /** The whole value, once every byte was written. @throws JsonFault */
  end(): JsonValue;
}

/**
 * Reads a JSON document (RFC 8259, strictly) as it comes in, without ever building its long strings.
 * Beyond the standard it refuses duplicate keys, `__proto__`, half surrogate pairs and infinite numbers.
 */
export function createJsonOutline(limits: Partial<JsonLimits> = {}): JsonOutline {
  const { maxTextBytes = 1024, maxOutlineBytes = 2_000_000, maxDepth = 64, maxValues = 100_000 } = limits;
  const builder = new JsonBuilder({ maxDepth, maxValues, maxOutlineBytes });
  const tokens = new JsonTokenizer(builder, maxTextBytes);
  return {
    write: (piece) => tokens.write(piece),
    end: () => builder.end(tokens.end()),
  };
}

/** A string as it stands between the quotes of a document: it goes into another one as it is, never built here. */
export function toQuoted(text: string | LongText, document: Bytes): Bytes {
  if (text instanceof LongText) return toRange(document, text.start, text.end);
  return toBytes(Buffer.from(JSON.stringify(text).slice(1, -1)));
}

/**
 * The string that a long text means.
 * @throws RangeError when it has more than `maxBytes` in the document, or holds half a surrogate pair
 */
export async function readLongText(document: Bytes, { start, end, escaped }: LongText, maxBytes: number) {
  const raw = await readAll(toRange(document, start, end), maxBytes);
  const text = toText(raw.toString('utf8'), escaped);
  if (text === undefined) throw new RangeError('the text holds half a surrogate pair');
  return text;
}
