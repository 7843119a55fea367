import type { IncomingHttpHeaders } from 'node:http';
import { RetouchError } from '../core/errors.ts';
import { findHeaderValue } from './header-value.ts';

export type BodyKind = { kind: 'json' } | { kind: 'multipart'; boundary: string };

/** Longer than RFC 2046 allows (70), since nothing suffers from it. */
const boundaryForm = /^[ -~]{0,199}[!-~]$/;

type Kinds = readonly BodyKind['kind'][];
const types = { multipart: "'multipart/form-data'", json: "'application/json'" };

/** @throws RetouchError unsupported_content_type, invalid_multipart */
export function readBodyKind(headers: IncomingHttpHeaders, taken: Kinds = ['multipart', 'json']): BodyKind {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity')
    throw toUnsupported(`has the Content-Encoding ${encoding.slice(0, 40)}`, taken);
  const header = headers['content-type'] ?? '';
  const type = findHeaderValue(header);
  if (taken.includes('multipart') && /^[ \t]*multipart\/form-data[ \t]*(?:;|$)/i.test(header)) {
    const boundary = type?.parameters.get('boundary') ?? '';
    if (boundaryForm.test(boundary)) return { kind: 'multipart', boundary };
    throw new RetouchError(
      'invalid_multipart',
      'Content-Type must name one boundary of 1 to 200 characters. Let your HTTP client write this header.',
    );
  }
  const charset = type?.parameters.get('charset') ?? 'utf-8';
  if (type?.value === 'application/json' && /^utf-?8$/i.test(charset)) return { kind: 'json' };
  const what = header === '' ? 'has no Content-Type' : `has the Content-Type ${header.slice(0, 100)}`;
  throw toUnsupported(what, taken);
}

function toUnsupported(what: string, taken: Kinds): RetouchError {
  const expected = taken.map((kind) => types[kind]).join(' or ');
  return new RetouchError('unsupported_content_type', `The body ${what}; send ${expected}, unencoded.`);
}
