import { findReadings } from './numeral.ts';
import { wordAt } from './reader.ts';
import { contradict, refuse } from './refusal.ts';
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

/** Sees that no instruction undoes or covers an earlier one. @throws RetouchError instruction_not_understood */
export function checkSettlements(instructions: readonly Instruction[]): void {
  const settled = new Map<string, { how: string | number; words: string }>();
  for (const { step, order } of instructions) {
    for (const [what, how] of Object.entries(step.settles?.(order) ?? {})) {
      const before = settled.get(what);
      if (before && before.how !== how) throw contradict(before.words, order.words, what);
      settled.set(what, { how, words: order.words });
    }
  }
}
