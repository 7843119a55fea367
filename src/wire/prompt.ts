import { RetouchError } from '../core/errors.ts';

const maxPromptCharacters = 32_000;

/**
 * Counted as people count them: an emoji is one character, not two. `what` begins the sentence of the error.
 * @throws RetouchError string_above_max_length
 */
export function checkPromptLength(prompt: string, what: string, param: string): void {
  if (prompt.length <= maxPromptCharacters) return;
  const { length } = [...prompt];
  if (length <= maxPromptCharacters) return;
  throw new RetouchError(
    'string_above_max_length',
    `${what} has ${length} characters; at most ${maxPromptCharacters} are accepted.`,
    { param },
  );
}
