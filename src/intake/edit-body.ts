import type { IncomingHttpHeaders } from 'node:http';
import type { OpenSpool, Spool } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { createJsonOutline, JsonFault, type JsonValue } from '../core/json-outline.ts';
import { readBodyKind } from './body-kind.ts';
import { EditForm } from './form.ts';
import { checkDeclaredLength, receive, type Upload } from './gate.ts';
import { readJsonEdit } from './json-edit.ts';
import type { PictureLimits } from './limits.ts';
import { PartScanner } from './multipart.ts';
import { type RawEdit, readMultipartEdit } from './multipart-edit.ts';

export interface EditUpload extends Upload {
  headers: IncomingHttpHeaders;
  /** Where the body goes, whole. */
  spool: Spool;
  openSpool: OpenSpool;
  /** Called when the headers are good and the body is wanted. */
  beforeRead: () => void;
}

export interface EditBodyLimits extends PictureLimits {
  maxRequestBytes: number;
  maxJsonBytes: number;
  minUploadBytesPerSecond: number;
}

const patienceMs = 20_000;
/** Of a JSON body without its long texts. */
const maxOutlineBytes = 256 * 1024;

/** Reads the body of an edit in either form: once into the spool, judged in passing. @throws RetouchError */
export async function readRawEdit(
  upload: EditUpload,
  knownFields: readonly string[],
  limits: EditBodyLimits,
): Promise<RawEdit> {
  const { spool } = upload;
  const kind = readBodyKind(upload.headers);
  const maxBytes = kind.kind === 'json' ? limits.maxJsonBytes : limits.maxRequestBytes;
  checkDeclaredLength(upload.headers['content-length'], maxBytes);
  upload.beforeRead();
  /** `scan` sees each piece before the spool takes it over. */
  const receiveBody = (scan: (piece: Uint8Array) => void): Promise<void> =>
    receive(upload, { maxBytes, patienceMs, minBytesPerSecond: limits.minUploadBytesPerSecond }, (piece) => {
      scan(piece);
      return spool.write(piece);
    });
  if (kind.kind === 'json') {
    return readJsonEdit(await readOutline(receiveBody), upload, knownFields, limits);
  }
  const form = new EditForm(knownFields, limits);
  const scanner = new PartScanner(kind.boundary, (head) => form.take(head));
  await receiveBody((piece) => scanner.write(piece));
  return readMultipartEdit(scanner.end(), spool, limits);
}

async function readOutline(
  receiveBody: (scan: (piece: Uint8Array) => void) => Promise<void>,
): Promise<JsonValue> {
  const outline = createJsonOutline({ maxOutlineBytes });
  try {
    await receiveBody((piece) => outline.write(piece));
    return outline.end();
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    throw new RetouchError('invalid_json', `The body is not JSON: ${fault.message}.`, { cause: fault });
  }
}
