import { RetouchError } from '../core/errors.ts';

const maxQuoteCharacters = 80;

/** For words that are understood, but ask for what cannot be. `reason` is a whole sentence. */
export function refuse(words: string, reason: string): RetouchError {
  return notEdited(`${quote(words)}: ${reason}`);
}

/** For instructions of which one undoes or covers the other. `what`: the thing they are both about. */
export function contradict(one: string, other: string, what: string): RetouchError {
  return notEdited(
    `${quote(one)} and ${quote(other)} do not go together: both say what becomes of the ${what}.`,
  );
}

/** For instructions that together give back what was there before them. */
export function undoEachOther(words: readonly string[]): RetouchError {
  const others = words.slice(0, -1).map(quote).join(', ');
  return notEdited(`${others} and ${quote(words.at(-1) ?? '')} undo each other; leave them out.`);
}

/** The same refusal, with words that would be understood; other errors as they are. */
export function withExamples(error: unknown, examples: readonly string[]): unknown {
  if (!(error instanceof RetouchError) || error.code !== 'instruction_not_understood') return error;
  const message = `${error.message} What is understood, for example: ${examples.map(quote).join(', ')}.`;
  return new RetouchError(error.code, message, { param: 'prompt' });
}

function notEdited(reason: string): RetouchError {
  return new RetouchError('instruction_not_understood', `${reason} Nothing was edited.`, { param: 'prompt' });
}

/** Words of the prompt for a message: short, on one line, without characters that do not show. */
export function quote(words: string): string {
  const shown = words.replace(/[\p{C}\p{Z}]+/gv, ' ').trim();
  const characters = Array.from(shown);
  if (characters.length <= maxQuoteCharacters) return `"${shown}"`;
  return `"${characters.slice(0, maxQuoteCharacters).join('')}…"`;
}
