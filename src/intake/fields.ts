import { RetouchError } from '../core/errors.ts';
import type { FieldName } from './field-name.ts';

/** What a text field of a request may be. Multipart gives only texts, in lists and objects without a prototype. */
export type FieldValue = null | boolean | number | string | FieldValue[] | Fields;
export interface Fields {
  [name: string]: FieldValue;
}

export const createFields = (): Fields => Object.create(null);

/**
 * Puts a text where its name says: `provider[order][]` adds to a list in an object.
 * @throws RetouchError duplicate_parameter
 */
export function addField(fields: Fields, { base, keys, isList }: FieldName, value: string): void {
  const path = [base, ...keys];
  const last = path.pop() as string;
  let holder = fields;
  for (const key of path) holder = getObject(holder, key, base);
  const present = holder[last];
  if (!isList && present === undefined) holder[last] = value;
  else if (isList && present === undefined) holder[last] = [value];
  else if (isList && Array.isArray(present)) present.push(value);
  else throw toDuplicate(base);
}

function getObject(holder: Fields, key: string, base: string): Fields {
  holder[key] ??= createFields();
  const object = holder[key];
  if (typeof object !== 'object' || object === null || Array.isArray(object)) throw toDuplicate(base);
  return object;
}

/** A field that has one value came twice, or once as a list and once not. */
export function toDuplicate(param: string): RetouchError {
  return new RetouchError('duplicate_parameter', `'${param}' was given more than once. Give it once.`, {
    param,
  });
}

export function toUnknownField(name: string, knownFields: readonly string[]): RetouchError {
  const param = name.slice(0, 100);
  const known = ['image', 'mask', ...knownFields].join(', ');
  return new RetouchError('unknown_parameter', `Unknown parameter: '${param}'. Known are: ${known}.`, {
    param,
  });
}
