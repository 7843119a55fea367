import type { Spool } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { type JsonValue, LongText } from '../core/json-outline.ts';
import { createFields, type FieldValue, toUnknownField } from './fields.ts';
import {
  isObject,
  type PictureEntry,
  readPictureEntry,
  type Source,
  toPictureEntries,
} from './json-pictures.ts';
import { readText } from './json-text.ts';
import { maxTexts, type PictureLimits, toTooManyTexts } from './limits.ts';
import type { CheckEdit, RawEdit } from './multipart-edit.ts';
import type { RawPicture } from './picture.ts';

/** The outline of a JSON body → an edit (contract 2.1, 2.7). @throws RetouchError */
export async function readJsonEdit(
  body: JsonValue,
  source: Source,
  { knownFields, check }: { knownFields: readonly string[]; check: CheckEdit },
  { maxImageBytes, maxMaskBytes }: PictureLimits,
): Promise<RawEdit> {
  if (!isObject(body)) {
    throw new RetouchError('invalid_json', 'The JSON body must be an object, such as {"prompt": "..."}.');
  }
  const { images = null, image = null, mask = null, ...rest } = body;
  const unknown = Object.keys(rest).find((name) => !knownFields.includes(name));
  if (unknown !== undefined) throw toUnknownField(unknown, knownFields);
  const fields = createFields();
  const texts = { left: maxTexts };
  for (const [name, value] of Object.entries(rest)) {
    fields[name] = await readField(name, value, source.spool, texts);
  }
  const entries = toPictureEntries(images, image);
  check(fields, entries.length);
  const read = (entry: PictureEntry, limit: number): Promise<RawPicture> =>
    source.follow(readPictureEntry(entry, source, limit));
  const [pictures, maskPicture] = await Promise.all([
    Promise.all(entries.map((entry) => read(entry, maxImageBytes))),
    mask === null ? undefined : read({ name: 'mask', value: mask }, maxMaskBytes),
  ]);
  return { fields, images: pictures, mask: maskPicture };
}

/** Any value that is not a picture, with its long texts built. */
async function readField(
  name: string,
  value: JsonValue,
  spool: Spool,
  texts: { left: number },
): Promise<FieldValue> {
  if (value instanceof LongText) {
    if (texts.left === 0) throw toTooManyTexts();
    texts.left -= 1;
    return readText(name, value, spool);
  }
  if (Array.isArray(value)) {
    const list: FieldValue[] = [];
    for (const [index, entry] of value.entries()) {
      list.push(await readField(`${name}[${index}]`, entry, spool, texts));
    }
    return list;
  }
  if (!isObject(value)) return value;
  const object = createFields();
  for (const [key, inner] of Object.entries(value)) {
    object[key] = await readField(`${name}.${key}`, inner, spool, texts);
  }
  return object;
}
