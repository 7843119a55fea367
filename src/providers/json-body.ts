import { randomUUID } from 'node:crypto';
import { type Bytes, toBytes } from '../core/bytes.ts';
import type { OutgoingBody } from './exchange.ts';
import { joinSections } from './join-sections.ts';

/** Stands in a value for a string of it that is read from elsewhere as it is sent. */
export class Inline {
  /** Must need no escaping, or have it: base64, what stood in another document. */
  readonly bytes: Bytes;

  constructor(bytes: Bytes) {
    this.bytes = bytes;
  }
}

/** Cannot be guessed, so no text of a caller can pass for it. */
const mark = randomUUID();

/** JSON text of `value` that is written as it is read; no picture of it is ever a string. */
export function createJsonBody(value: object): OutgoingBody {
  const inlined: Bytes[] = [];
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (!(inner instanceof Inline)) return inner;
    inlined.push(inner.bytes);
    return mark;
  });
  const sections = text.split(mark).flatMap((fresh, index) => {
    const bytes = inlined[index];
    return bytes ? [toBytes(Buffer.from(fresh)), bytes] : [toBytes(Buffer.from(fresh))];
  });
  return joinSections(sections);
}
