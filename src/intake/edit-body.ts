import { type BodyLimits, type BodyUpload, receiveBody, receiveJson } from './body.ts';
import { readBodyKind } from './body-kind.ts';
import { EditForm } from './form.ts';
import { readJsonEdit } from './json-edit.ts';
import type { Source } from './json-pictures.ts';
import type { PictureLimits } from './limits.ts';
import { PartScanner } from './multipart.ts';
import { type CheckEdit, type RawEdit, readMultipartEdit } from './multipart-edit.ts';

export interface EditUpload extends BodyUpload, Source {}

export interface EditBodyLimits extends BodyLimits, PictureLimits {}

export interface EditWishes {
  knownFields: readonly string[];
  check: CheckEdit;
}

/** Of a JSON body without its long texts. */
const maxOutlineBytes = 256 * 1024;

/** Reads the body of an edit in either form: once into the spool, judged in passing. @throws RetouchError */
export async function readRawEdit(
  upload: EditUpload,
  { knownFields, check }: EditWishes,
  limits: EditBodyLimits,
): Promise<RawEdit> {
  const kind = readBodyKind(upload.headers);
  if (kind.kind === 'json') {
    const body = await receiveJson(upload, limits, { maxOutlineBytes });
    return readJsonEdit(body, upload, { knownFields, check }, limits);
  }
  const form = new EditForm(knownFields, limits);
  const scanner = new PartScanner(kind.boundary, (head) => form.take(head));
  const { maxRequestBytes, minUploadBytesPerSecond } = limits;
  await receiveBody(
    upload,
    { maxBytes: maxRequestBytes, minBytesPerSecond: minUploadBytesPerSecond },
    (piece) => scanner.write(piece),
  );
  return readMultipartEdit(scanner.end(), upload, check, limits);
}
