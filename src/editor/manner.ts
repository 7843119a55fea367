import { isJoint, openers } from './clause.ts';
import { wordAt } from './reader.ts';
import type { Token } from './token.ts';

/** A range of tokens. */
export interface Range {
  start: number;
  end: number;
}

/** How an instruction was said: what it means for its neighbours hangs on that. */
export interface Manner {
  /** What stands between it and the one before: `,` and `and`. */
  joints: readonly string[];
  /** The whole clause in lower case, with its filler, but without texts in quotes. */
  clause: string;
  /** Whether it begins anew with a verb that may begin any: `make`. */
  isOpened: boolean;
  /** Where its amount stands, if it has one. */
  amountAt: 'front' | 'inside' | 'end' | undefined;
}

/** A prompt, and the tokens in it that mean something. */
export interface Source {
  prompt: string;
  tokens: readonly Token[];
}

export interface Clause extends Source, Range {
  /** Where it begins after its opening verbs. */
  at: number;
  amount: Range | undefined;
}

/** They may stand before an amount that is in front of all that it is for. */
const leading = new Set([...openers, 'colours', 'tones']);

export function readManner(clause: Clause): Manner {
  const { tokens, start } = clause;
  let first = start;
  while (first > 0 && isJoint(tokens, first - 1)) first -= 1;
  return {
    joints: tokens.slice(first, start).map(({ text }) => text),
    clause: readClause(clause),
    isOpened: openers.has(wordAt(tokens, start)),
    amountAt: findAmount(clause),
  };
}

/** Filler is no token: it is in what lies between them. */
function readClause({ prompt, tokens, start, end }: Clause): string {
  let at = tokens[start - 1]?.end ?? 0;
  let text = '';
  for (const token of tokens.slice(start, end)) {
    text += prompt.slice(at, token.kind === 'text' ? token.start : token.end);
    at = token.end;
  }
  return `${text}${prompt.slice(at, tokens[end]?.start)}`.toLowerCase();
}

function findAmount({ tokens, at, end, amount }: Clause): Manner['amountAt'] {
  if (amount === undefined) return undefined;
  if (tokens.slice(at, amount.start).every(({ text }) => leading.has(text))) return 'front';
  const rest = tokens.slice(amount.end, end).map(({ text }) => text);
  return rest.every((word) => word === 'more') ? 'end' : 'inside';
}
