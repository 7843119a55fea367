import type { ParameterRule } from '../core/model.ts';

/** One of these words. */
export const choice = (...values: string[]) => ({ kind: 'choice', values }) as const satisfies ParameterRule;

/** Taken as `like` says, left out with notice. */
export const leftOut = (like: ParameterRule, because: string) =>
  ({ kind: 'left-out', because, like }) as const satisfies ParameterRule;

/** The caller's own name for one of its users. */
export const identifier = { kind: 'text', maxCharacters: 512 } as const satisfies ParameterRule;
