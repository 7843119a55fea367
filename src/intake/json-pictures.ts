import { type OpenSpool, type Spool, toBytes } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { type JsonObject, type JsonValue, LongText } from '../core/json-outline.ts';
import { maxImages, toTooManyImages } from './limits.ts';
import { type Follow, type FoundPicture, readPictureText } from './picture.ts';
import { writeUnescaped } from './unescape.ts';

/** Where the long texts of a document are, where to put one that needs its escapes undone, and how to follow links. */
export interface Source {
  spool: Spool;
  openSpool: OpenSpool;
  follow: Follow;
}

/** A picture of a JSON body, and what errors call it: `images[3]`. */
export interface PictureEntry {
  name: string;
  value: JsonValue;
}

/** `images` is OpenAI's name; `image`, alone or a list, is what many programs write all the same. */
export function toPictureEntries(images: JsonValue, image: JsonValue): readonly PictureEntry[] {
  if (images !== null && image !== null) {
    const said = "Give the pictures in 'images' or in 'image', not in both.";
    throw new RetouchError('duplicate_parameter', said, { param: 'images' });
  }
  if (images !== null && !Array.isArray(images)) throw toMalformed('images', 'a list of pictures');
  const list = images ?? image;
  if (list === null) return [];
  if (!Array.isArray(list)) return [{ name: 'image', value: list }];
  const name = images === null ? 'image' : 'images';
  if (list.length > maxImages) throw toTooManyImages(name);
  return list.map((value, index) => ({ name: `${name}[${index}]`, value }));
}

/** @throws RetouchError */
export async function readPictureEntry(
  { name, value }: PictureEntry,
  source: Source,
  limit: number,
): Promise<FoundPicture> {
  return readPictureString(name, findPictureText(name, value), source, limit);
}

/** A string of the document that stands for a picture. @throws RetouchError */
export async function readPictureString(
  name: string,
  text: string | LongText,
  { spool, openSpool }: Omit<Source, 'follow'>,
  limit: number,
): Promise<FoundPicture> {
  if (typeof text === 'string') return readPictureText(name, toBytes(Buffer.from(text)), limit);
  const written = spool.slice(text.start, text.end);
  if (!text.escaped) return readPictureText(name, written, limit);
  const unescaped = openSpool();
  await writeUnescaped(written, unescaped);
  return readPictureText(name, unescaped, limit);
}

/** The text in any of the spellings in use: a string, `{image_url}`, `{url}`, `{image_url: {url}}`. */
function findPictureText(name: string, value: JsonValue): string | LongText {
  if (isText(value)) return value;
  if (isObject(value)) {
    checkKeys(name, value, ['type', 'image_url', 'url']);
    const inner = value.image_url ?? value.url ?? null;
    if (isText(inner)) return inner;
    if (isObject(inner)) {
      checkKeys(`${name}.image_url`, inner, ['url']);
      if (isText(inner.url ?? null)) return inner.url as string | LongText;
    }
  }
  throw toMalformed(name, 'a data URL or a link, or {"image_url": "data:image/png;base64,..."}');
}

function checkKeys(name: string, object: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const param = `${name}.${unknown.slice(0, 100)}`;
  if (unknown !== 'file_id')
    throw new RetouchError('unknown_parameter', `Unknown parameter: '${param}'.`, { param });
  const said = `'${param}' cannot be used: this gateway keeps no files of callers. Send a data URL or a link instead.`;
  throw new RetouchError('invalid_value', said, { param });
}

function isText(value: JsonValue): value is string | LongText {
  return typeof value === 'string' || value instanceof LongText;
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LongText);
}

function toMalformed(param: string, expected: string): RetouchError {
  return new RetouchError('invalid_value', `'${param}' must be ${expected}.`, { param });
}
