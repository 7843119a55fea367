import { RetouchError } from '../core/errors.ts';
import { type FieldName, readFieldName } from './field-name.ts';
import { toDuplicate, toUnknownField } from './fields.ts';
import {
  maxImages,
  maxTextBytes,
  maxTexts,
  type PictureLimits,
  toPictureTooLarge,
  toTextTooLong,
  toTooManyImages,
  toTooManyTexts,
} from './limits.ts';
import type { PartRule } from './multipart.ts';
import type { PartHead } from './part-head.ts';

/** What a part is for. */
export type FormPart = PartRule &
  (
    | { kind: 'text'; name: string; field: FieldName; charset: string | undefined }
    /** `index` where the caller gave one: `image[3]`. */
    | { kind: 'image'; name: string; index: number | undefined }
    | { kind: 'mask'; name: 'mask' }
  );

/** Decides what the parts of an edit are for, in the order they come, each before its content. */
export class EditForm {
  readonly #knownFields: readonly string[];
  readonly #limits: PictureLimits;
  readonly #taken: FormPart[] = [];

  constructor(knownFields: readonly string[], limits: PictureLimits) {
    this.#knownFields = knownFields;
    this.#limits = limits;
  }

  /** @throws RetouchError for a part that an edit does not take */
  take({ name, charset }: PartHead): FormPart {
    const field = readFieldName(name);
    const part =
      field.base === 'image'
        ? this.#toImage(name, field)
        : field.base === 'mask'
          ? this.#toMask(name, field)
          : this.#toText(name, field, charset);
    this.#taken.push(part);
    return part;
  }

  #toImage(name: string, { keys, isList }: FieldName): FormPart {
    const [key, ...further] = keys;
    const isIndexed = key !== undefined && /^\d{1,4}$/.test(key) && further.length === 0 && !isList;
    if (key !== undefined && !isIndexed) throw toUnknownField(name, this.#knownFields);
    const index = isIndexed ? Number(key) : undefined;
    const indices = this.#taken.flatMap((part) => (part.kind === 'image' ? [part.index] : []));
    const number = toImageNumbers([...indices, index]).at(-1);
    const shown = name === 'image' && indices.length === 0 ? name : `image[${number}]`;
    if (isIndexed && indices.includes(index)) throw toDuplicate(shown);
    if (indices.length === maxImages) throw toTooManyImages(shown);
    return { kind: 'image', name, index, ...toPictureRule(shown, this.#limits.maxImageBytes) };
  }

  #toMask(name: string, { keys }: FieldName): FormPart {
    if (keys.length > 0) throw toUnknownField(name, this.#knownFields);
    if (this.#count('mask') > 0) throw toDuplicate('mask');
    return { kind: 'mask', name: 'mask', ...toPictureRule('mask', this.#limits.maxMaskBytes) };
  }

  #toText(name: string, field: FieldName, charset: string | undefined): FormPart {
    if (!this.#knownFields.includes(field.base)) throw toUnknownField(name, this.#knownFields);
    if (field.keys.some((key) => /^\d+$/.test(key))) {
      const said = `Unknown parameter: '${name}'. Entries of a list have no numbers: repeat '${toListName(field)}'.`;
      throw new RetouchError('unknown_parameter', said, { param: name });
    }
    if (this.#count('text') === maxTexts) throw toTooManyTexts();
    const toTooLong = (): RetouchError => toTextTooLong(name);
    return { kind: 'text', name, field, charset, maxBytes: maxTextBytes, toTooLong };
  }

  #count(kind: FormPart['kind']): number {
    return this.#taken.filter((part) => part.kind === kind).length;
  }
}

/** What errors count each picture as: the caller's own number, or its place, or the next number that is nobody's. */
export function toImageNumbers(indices: readonly (number | undefined)[]): readonly number[] {
  const taken = new Set(indices);
  return indices.map((index, place) => {
    let number = index ?? place;
    while (index === undefined && taken.has(number)) number += 1;
    taken.add(number);
    return number;
  });
}

/** `provider[order][0]` → `provider[order][]` */
function toListName({ base, keys }: FieldName): string {
  const names = keys.filter((key) => !/^\d+$/.test(key));
  return `${[base, ...names.map((key) => `[${key}]`)].join('')}[]`;
}

function toPictureRule(name: string, limit: number): PartRule {
  return { maxBytes: limit - 1, toTooLong: () => toPictureTooLarge(name, limit) };
}
