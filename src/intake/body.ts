import type { IncomingHttpHeaders } from 'node:http';
import { letGo, type Spool } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import {
  createJsonOutline,
  JsonFault,
  JsonKeyFault,
  type JsonLimits,
  type JsonValue,
} from '../core/json-outline.ts';
import { readBodyKind } from './body-kind.ts';
import { checkDeclaredLength, receive, type Upload } from './gate.ts';

/** A request's body on its way in. */
export interface BodyUpload extends Upload {
  headers: IncomingHttpHeaders;
  /** Where the body goes, whole. */
  spool: Spool;
  /** Called when the headers are good and the body is wanted. */
  beforeRead: () => void;
}

export interface BodyLimits {
  maxRequestBytes: number;
  maxJsonBytes: number;
  minUploadBytesPerSecond: number;
}

const patienceMs = 20_000;
/** Far more than any edit or conversation needs; each costs time and memory out of proportion to its bytes. */
const maxValues = 10_000;

/** Takes the body in, once: `scan` sees each piece before the spool takes it over. @throws RetouchError */
export async function receiveBody(
  upload: BodyUpload,
  { maxBytes, minBytesPerSecond }: { maxBytes: number; minBytesPerSecond: number },
  scan: (piece: Uint8Array) => void,
): Promise<void> {
  checkDeclaredLength(upload.headers['content-length'], maxBytes);
  upload.beforeRead();
  const { spool } = upload;
  await spool.fill('upload', () =>
    receive(upload, { maxBytes, patienceMs, minBytesPerSecond }, async (piece) => {
      scan(piece);
      await spool.write(piece);
      letGo(piece);
    }),
  );
}

/** Takes in a JSON body; its long texts stay in the spool. @throws RetouchError */
export async function receiveJson(
  upload: BodyUpload,
  { maxJsonBytes, minUploadBytesPerSecond }: BodyLimits,
  outlineLimits: Partial<JsonLimits>,
): Promise<JsonValue> {
  const outline = createJsonOutline({ maxValues, ...outlineLimits });
  const limits = { maxBytes: maxJsonBytes, minBytesPerSecond: minUploadBytesPerSecond };
  try {
    await receiveBody(upload, limits, (piece) => outline.write(piece));
    return outline.end();
  } catch (fault) {
    if (fault instanceof JsonKeyFault) throw toKeyFault(fault);
    if (!(fault instanceof JsonFault)) throw fault;
    throw new RetouchError('invalid_json', `The body is not JSON: ${fault.message}.`, { cause: fault });
  }
}

/** The same two faults as in a form. */
function toKeyFault({ key, isDuplicate, position }: JsonKeyFault): RetouchError {
  const param = key.slice(0, 100);
  return isDuplicate
    ? new RetouchError(
        'duplicate_parameter',
        `'${param}' is given again at byte ${position}. Give it once.`,
        { param },
      )
    : new RetouchError('unknown_parameter', `Unknown parameter: '${param}', at byte ${position}.`, { param });
}

/** The same for a route that takes JSON only. @throws RetouchError */
export async function receiveJsonOnly(
  upload: BodyUpload,
  limits: BodyLimits,
  outlineLimits: Partial<JsonLimits>,
): Promise<JsonValue> {
  readBodyKind(upload.headers, ['json']);
  return receiveJson(upload, limits, outlineLimits);
}
