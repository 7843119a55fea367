import type { Spool } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { type JsonValue, LongText, readLongText } from '../core/json-outline.ts';
import { createFields, type FieldValue, toUnknownField } from './fields.ts';
import { isObject, readPicture, type Source, toPictureEntries } from './json-pictures.ts';
import { maxTextBytes, maxTexts, type PictureLimits, toTextTooLong, toTooManyTexts } from './limits.ts';
import type { RawEdit } from './multipart-edit.ts';
import type { RawPicture } from './picture.ts';

/** The outline of a JSON body → an edit (contract 2.1, 2.7). @throws RetouchError */
export async function readJsonEdit(
  body: JsonValue,
  source: Source,
  knownFields: readonly string[],
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
  const pictures: RawPicture[] = [];
  for (const entry of toPictureEntries(images, image)) {
    pictures.push(await readPicture(entry, source, maxImageBytes));
  }
  return {
    fields,
    images: pictures,
    mask: mask === null ? undefined : await readPicture({ name: 'mask', value: mask }, source, maxMaskBytes),
  };
}

/** Any value that is not a picture, with its long texts built. */
async function readField(
  name: string,
  value: JsonValue,
  spool: Spool,
  texts: { left: number },
): Promise<FieldValue> {
  if (value instanceof LongText) return readText(name, value, spool, texts);
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

async function readText(
  name: string,
  text: LongText,
  spool: Spool,
  texts: { left: number },
): Promise<string> {
  if (text.end - text.start > maxTextBytes) throw toTextTooLong(name);
  if (texts.left === 0) throw toTooManyTexts();
  texts.left -= 1;
  try {
    return await readLongText(spool, text, maxTextBytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RetouchError('invalid_value', `'${name}' holds half a surrogate pair.`, { param: name, cause });
  }
}
