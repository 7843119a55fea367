import { RetouchError } from '../core/errors.ts';
import { movesPixels } from './geometry.ts';
import { quote } from './refusal.ts';
import { steps } from './steps.ts';

/** One thing the embedded editor can do, for the docs and for error messages. */
export interface Capability {
  name: string;
  does: string;
  examples: readonly string[];
  /** Whether a mask can confine it. */
  masked: boolean;
}

export const capabilities: readonly Capability[] = steps.map(({ name, does, examples }) => ({
  name,
  does,
  examples: examples.map(({ say }) => say),
  masked: !examples.some(({ gives }) => gives.some(movesPixels)),
}));

export interface Unplaced {
  words: readonly string[];
  /** There are more such words. */
  isCut: boolean;
  /** What misspelt words among them may be. */
  suggestions: readonly string[];
}

/** Names the words that have no place, and what has one. */
export function notUnderstood({ words, isCut, suggestions }: Unplaced): RetouchError {
  const named = `${words.map(quote).join(', ')}${isCut ? ' and more' : ''}`;
  const ending = suggestions.length > 0 ? `; did you mean ${suggestions.map(quote).join(', ')}?` : '.';
  const what =
    words.length > 0
      ? `The embedded editor cannot place these words of the prompt: ${named}${ending}`
      : 'The prompt does not say what to do.';
  const list = capabilities
    .map(({ name, examples: [example = ''] }) => `${name} (${quote(example)})`)
    .join(', ');
  return new RetouchError(
    'instruction_not_understood',
    `${what} Nothing was edited. It can do: ${list}; and several of these, one after the other.`,
    { param: 'prompt' },
  );
}

export function tooManySteps(most: number): RetouchError {
  return new RetouchError(
    'invalid_value',
    `The prompt asks for more than ${most} steps; send them in several edits.`,
    { param: 'prompt' },
  );
}
