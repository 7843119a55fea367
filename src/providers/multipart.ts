import { randomBytes } from 'node:crypto';
import { type Bytes, toBytes } from '../core/bytes.ts';
import type { OutgoingBody } from './exchange.ts';
import { joinSections } from './join-sections.ts';

/** A field of text, or a file when it has a name. Names and media types are ours, never the caller's. */
export interface Part {
  name: string;
  bytes: Bytes;
  file?: { name: string; mediaType: string };
}

export interface MultipartBody extends OutgoingBody {
  contentType: string;
}

/** A `multipart/form-data` body that is written as it is read; the parts' bytes pass unchanged. */
export function createMultipart(parts: readonly Part[]): MultipartBody {
  // From crypto: who could guess the boundary could end a part early and add parts of their own.
  const boundary = `retouch-${randomBytes(24).toString('hex')}`;
  const sections: Bytes[] = parts.flatMap((part, index) => [
    toBytes(Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${toHeaders(part)}\r\n\r\n`)),
    part.bytes,
  ]);
  sections.push(toBytes(Buffer.from(`\r\n--${boundary}--\r\n`)));
  return { contentType: `multipart/form-data; boundary=${boundary}`, ...joinSections(sections) };
}

/** A text field. */
export function toField(name: string, value: string | number): Part {
  return { name, bytes: toBytes(Buffer.from(String(value))) };
}

function toHeaders({ name, file }: Part): string {
  const disposition = `Content-Disposition: form-data; name="${name}"`;
  return file ? `${disposition}; filename="${file.name}"\r\nContent-Type: ${file.mediaType}` : disposition;
}
