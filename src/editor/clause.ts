import { wordAt } from './reader.ts';
import type { Token } from './token.ts';

/** Words between two steps. */
export const joints: ReadonlySet<string> = new Set([
  'and',
  'then',
  'with',
  'plus',
  'also',
  'next',
  'finally',
  'afterwards',
  'first',
  'so',
]);

/** Verbs that may begin any step. */
export const openers: ReadonlySet<string> = new Set([
  ...['make', 'making', 'give', 'giving', 'apply', 'do', 'have', 'edit', 'look', 'appear'],
]);

/** Whether a clause may end before the token. */
export function isJoint(tokens: readonly Token[], at: number): boolean {
  return tokens[at]?.kind === 'break' || joints.has(wordAt(tokens, at));
}

export function skipJoints(tokens: readonly Token[], at: number): number {
  let next = at;
  while (isJoint(tokens, next)) next += 1;
  return next;
}

/** Where the clause ends that a token belongs to. */
export function findClauseEnd(tokens: readonly Token[], at: number): number {
  let end = at;
  while (end < tokens.length && !isJoint(tokens, end)) end += 1;
  return end;
}
