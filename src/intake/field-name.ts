import { RetouchError } from '../core/errors.ts';

/** `provider[order][]` → base `provider`, keys `['order']`, a list. */
export interface FieldName {
  base: string;
  keys: readonly string[];
  /** It ends with `[]`: each such field adds to a list. */
  isList: boolean;
}

const form = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;
const maxDepth = 3;
/** Names that JavaScript objects have of themselves. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** @throws RetouchError unknown_parameter */
export function readFieldName(name: string): FieldName {
  const [, base, brackets] = form.exec(name) ?? [];
  if (base === undefined || brackets === undefined) throw toFault(name, 'its brackets do not match');
  const keys = brackets === '' ? [] : brackets.slice(1, -1).split('][');
  if (keys.length > maxDepth) throw toFault(name, `it is nested more than ${maxDepth} deep`);
  if ([base, ...keys].some((key) => forbidden.has(key))) throw toFault(name, 'no field is called so');
  const isList = keys.at(-1) === '';
  if (isList) keys.pop();
  if (keys.includes('')) throw toFault(name, '`[]` may only stand at its end');
  return { base, keys, isList };
}

function toFault(name: string, why: string): RetouchError {
  const param = name.slice(0, 100);
  return new RetouchError('unknown_parameter', `Unknown parameter: '${param}'; ${why}.`, { param });
}
