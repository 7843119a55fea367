import { type Content, lend, letGo, type OpenSpool, type Spool, toBytes } from '../core/bytes.ts';
import type { ResultFacts } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import {
  createJsonOutline,
  JsonFault,
  type JsonValue,
  LongText,
  readLongText,
} from '../core/json-outline.ts';
import { measure } from '../images/index.ts';
import { unescapeBase64 } from './unescape-base64.ts';

/** A JSON document of a vendor; positions in `value` are positions in `document`. */
export interface VendorDocument {
  value: JsonValue;
  document: Spool;
}

/** Reads an answer in passing: its long texts, and so its pictures, stay where they were spooled. @throws JsonFault */
export async function spoolJson(
  pieces: AsyncIterable<Uint8Array>,
  openSpool: OpenSpool,
): Promise<VendorDocument> {
  const document = openSpool();
  const outline = createJsonOutline();
  await document.fill('answer', async () => {
    for await (const piece of pieces) {
      outline.write(piece);
      await document.write(piece);
      letGo(piece);
    }
  });
  return { value: outline.end(), document };
}

/** A picture that was given as base64 in a document. */
export async function toContent(
  text: string | LongText,
  document: Spool,
  openSpool: OpenSpool,
): Promise<Content> {
  if (typeof text === 'string') {
    return { encoding: 'base64', bytes: toBytes(Buffer.from(text.replace(/\s+/g, ''), 'latin1')) };
  }
  const bytes = document.slice(text.start, text.end);
  if (!text.escaped) return { encoding: 'base64', bytes };
  const unescaped = openSpool();
  for await (const piece of unescapeBase64(lend(bytes))) await unescaped.write(piece);
  return { encoding: 'base64', bytes: unescaped };
}

const anySize = { maxImageSide: Infinity, maxImagePixels: Infinity };

/** What the picture is, by its own header: what is said of it need not be true. @throws RetouchError of `measure` */
export async function readPictureFacts(
  content: Content,
): Promise<Pick<ResultFacts, 'output_format' | 'size'>> {
  const { format, orientedWidth, orientedHeight } = await measure('its picture', content, anySize);
  return { output_format: format, size: `${orientedWidth}x${orientedHeight}` };
}

/** @throws RangeError when it is longer */
export async function readText(text: string | LongText, document: Spool, maxBytes: number): Promise<string> {
  return text instanceof LongText ? readLongText(document, text, maxBytes) : text;
}

/** Unreadable is the vendor's fault, once it has said that it is done. */
export async function orInvalid<T>(vendor: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof JsonFault) {
      throw toInvalidResponse(vendor, `it is not JSON (${error.message})`, error);
    }
    if (error instanceof RangeError) {
      throw toInvalidResponse(vendor, 'a text in it is too long or broken', error);
    }
    throw error;
  }
}

/** @param clause what is wrong with the answer: `it is not a JSON object` */
export function toInvalidResponse(vendor: string, clause: string, cause?: unknown): RetouchError {
  return new RetouchError(
    'upstream_invalid_response',
    `The answer of ${vendor} could not be used: ${clause}. The edit was probably done and billed.`,
    { cause },
  );
}

/** When an answer was made whose vendor does not say. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
