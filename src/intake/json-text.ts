import type { Bytes } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { type LongText, readLongText } from '../core/json-outline.ts';
import { maxTextBytes, toTextTooLong } from './limits.ts';

/** Builds a long text of the document. @throws RetouchError request_too_large, invalid_value */
export async function readText(name: string, text: LongText, document: Bytes): Promise<string> {
  if (text.end - text.start > maxTextBytes) throw toTextTooLong(name);
  try {
    return await readLongText(document, text, maxTextBytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RetouchError('invalid_value', `'${name}' holds half a surrogate pair.`, { param: name, cause });
  }
}
