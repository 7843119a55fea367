import { findReadings } from './numeral.ts';
import { wordAt } from './reader.ts';
import { contradict, refuse } from './refusal.ts';
import type { Detail } from './said.ts';
import type { Instruction } from './step.ts';
import type { Token } from './token.ts';

/** Asks back where `1.000` may be a thousand or one. @throws RetouchError instruction_not_understood */
export function checkNumerals(tokens: readonly Token[]): void {
  for (const [at, { kind, text }] of tokens.entries()) {
    const readings = kind === 'number' ? findReadings(text.replace(/^[+\-]/v, '')) : undefined;
    // Nobody writes the thousands of a ratio.
    const isOfRatio = [wordAt(tokens, at - 1), wordAt(tokens, at + 1)].includes(':');
    if (readings && !isOfRatio) throw refuse(text, `say ${readings.join(' or ')}.`);
  }
}

/** What is asked where only one of several was given what each of them can be given. */
const questions: Readonly<Record<Detail, string>> = {
  anchor: 'say where each text goes: write "a" at the top and "b" at the bottom.',
  colour: 'say the colour of each: write "a" at the top in red and "b" at the bottom in blue.',
  lettering:
    'say how large each is: write "a" at the top in large letters and "b" at the bottom in small ones.',
};

/**
 * Asks back where a detail was said of one of several, and may be meant of all: `"a" and "b" in red`.
 * @throws RetouchError instruction_not_understood
 */
export function checkCarriedOn(instructions: readonly Instruction[]): void {
  for (const [index, { step, order }] of instructions.entries()) {
    const before = instructions[index - 1];
    if (before?.step !== step) continue;
    const isSaid = (detail: Detail): boolean => order[detail] !== undefined;
    const unlike = order.each?.find((detail) => isSaid(detail) !== (before.order[detail] !== undefined));
    if (unlike) throw refuse(`${before.order.words} … ${order.words}`, questions[unlike]);
  }
}

/** Asks for one picture only, where there are to be several. @throws RetouchError instruction_not_understood */
export function checkVersions(instructions: readonly Instruction[]): void {
  const [one, other] = instructions.filter(({ manner }) => /\bversions?\b/v.test(manner.clause));
  if (!one || !other) return;
  throw refuse(
    `${one.order.words} … ${other.order.words}`,
    'one picture comes back; ask for each by itself.',
  );
}

/** Sees that no instruction undoes or covers an earlier one. @throws RetouchError instruction_not_understood */
export function checkSettlements(instructions: readonly Instruction[]): void {
  const settled = new Map<string, { how: string | number; words: string }>();
  for (const [index, { step, order }] of instructions.entries()) {
    const covered = instructions.slice(0, index).find((before) => step.covers?.includes(before.step.name));
    if (covered) throw contradict(covered.order.words, order.words, 'tone');
    for (const [what, how] of Object.entries(step.settles?.(order) ?? {})) {
      const before = settled.get(what);
      if (before && before.how !== how) throw contradict(before.words, order.words, what);
      settled.set(what, { how, words: order.words });
    }
  }
}
