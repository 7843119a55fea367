import { RetouchError } from '../core/errors.ts';
import { findHeaderValue } from './header-value.ts';

/** What a part's headers say, as far as it matters: file names and types of pictures are nobody's business. */
export interface PartHead {
  /** The field's name, decoded. */
  name: string;
  /** As declared; undefined: UTF-8. */
  charset: string | undefined;
}

const maxHeaders = 16;
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\u0080-\u00ff]*)$/;

/**
 * Reads the header lines of a part (RFC 7578), given as one character per byte.
 * @throws RetouchError invalid_multipart, saying what is wrong with `where` (`part 3`)
 */
export function readPartHead(lines: readonly string[], where: string): PartHead {
  const headers = readHeaders(lines, where);
  const disposition = findHeaderValue(headers.get('content-disposition') ?? '');
  const name = disposition?.parameters.get('name');
  if (disposition?.value !== 'form-data' || !name) {
    throw toFault(where, 'has no `Content-Disposition: form-data; name="..."`');
  }
  const encoding = headers.get('content-transfer-encoding')?.trim().toLowerCase() ?? 'binary';
  if (!['7bit', '8bit', 'binary'].includes(encoding)) {
    throw toFault(where, `has the transfer encoding ${encoding.slice(0, 40)}; send its bytes as they are`);
  }
  const type = findHeaderValue(headers.get('content-type') ?? 'text/plain');
  if (type?.value.startsWith('multipart/')) {
    throw toFault(where, 'holds parts of its own; send each file as a part of the body');
  }
  return { name: decodeName(name), charset: type?.parameters.get('charset') };
}

function readHeaders(lines: readonly string[], where: string): ReadonlyMap<string, string> {
  if (lines.length > maxHeaders) {
    throw toFault(where, `has ${lines.length} headers; at most ${maxHeaders} are accepted`);
  }
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = headerLine.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw toFault(where, `has a malformed header: ${JSON.stringify(line.slice(0, 80))}`);
    }
    if (headers.has(name.toLowerCase())) throw toFault(where, `has two headers ${name.slice(0, 80)}`);
    headers.set(name.toLowerCase(), value);
  }
  return headers;
}

/** Bytes to characters, and `%5B` to `[`: some clients encode names as if they stood in a URL. */
function decodeName(name: string): string {
  const text = Buffer.from(name, 'latin1').toString('utf8');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function toFault(where: string, what: string): RetouchError {
  return new RetouchError('invalid_multipart', `The multipart body is broken: ${where} ${what}.`);
}
