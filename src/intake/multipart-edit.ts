import { type Bytes, readAll, type Spool } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { addField, createFields, type Fields } from './fields.ts';
import { type FormPart, toImageNumbers } from './form.ts';
import { maxTextBytes, type PictureLimits } from './limits.ts';
import type { Part } from './multipart.ts';
import { type Follow, type RawPicture, readPicturePart } from './picture.ts';

/** A request's body as far as it can be read without looking at the pictures. */
export interface RawEdit {
  fields: Fields;
  images: readonly RawPicture[];
  mask: RawPicture | undefined;
}

/** Looks at what is known before any link is followed. @throws RetouchError to refuse it */
export type CheckEdit = (fields: Fields, imageCount: number) => void;

/** The parts of a form → an edit. @throws RetouchError */
export async function readMultipartEdit(
  parts: readonly Part<FormPart>[],
  { spool, follow }: { spool: Spool; follow: Follow },
  check: CheckEdit,
  { maxImageBytes, maxMaskBytes }: PictureLimits,
): Promise<RawEdit> {
  const fields = createFields();
  for (const { rule, start, end } of parts) {
    if (rule.kind === 'text') addField(fields, rule.field, await readText(rule, spool.slice(start, end)));
  }
  const readImage = ({ name, start, end }: Range, limit: number): Promise<RawPicture> =>
    follow(readPicturePart(name, spool.slice(start, end), limit));
  const mask = parts.find(({ rule }) => rule.kind === 'mask');
  const images = toImages(parts);
  check(fields, images.length);
  const [pictures, maskPicture] = await Promise.all([
    Promise.all(images.map((image) => readImage(image, maxImageBytes))),
    mask && readImage({ name: 'mask', ...mask }, maxMaskBytes),
  ]);
  return { fields, images: pictures, mask: maskPicture };
}

interface Range {
  name: string;
  start: number;
  end: number;
}

/** In the order of their numbers if all have one, else as they came; named as the caller can find them again. */
function toImages(parts: readonly Part<FormPart>[]): readonly Range[] {
  const images = parts.flatMap(({ rule, start, end }) =>
    rule.kind === 'image' ? [{ rule, start, end }] : [],
  );
  if (images.every(({ rule }) => rule.index !== undefined)) {
    images.sort((a, b) => Number(a.rule.index) - Number(b.rule.index));
  }
  const isAlone = images.length === 1 && images[0]?.rule.name === 'image';
  const numbers = toImageNumbers(images.map(({ rule }) => rule.index));
  return images.map(({ start, end }, position) => ({
    name: isAlone ? 'image' : `image[${numbers[position]}]`,
    start,
    end,
  }));
}

async function readText(
  { name, charset = 'utf-8' }: { name: string; charset: string | undefined },
  bytes: Bytes,
): Promise<string> {
  const raw = await readAll(bytes, maxTextBytes);
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(raw);
  } catch (cause) {
    const said = `'${name}' is not text in ${charset.slice(0, 40)}. Send it as UTF-8.`;
    throw new RetouchError('invalid_value', said, { param: name, cause });
  }
}
