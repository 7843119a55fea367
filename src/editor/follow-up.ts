import { amounts } from './phrase.ts';
import { quote, refuse } from './refusal.ts';
import type { Sense, Verb } from './said.ts';
import type { Instruction, Order } from './step.ts';

/** What a verb takes along when it is left out of the next instruction, unless that says otherwise. */
const taken: Readonly<Record<Verb, readonly ('sign' | 'colour')[]>> = {
  level: ['sign'],
  make: [],
  flip: [],
  pad: ['colour'],
  write: [],
};

/** The order of an instruction without a verb: that of the one before is meant. */
export function carryOn(meaning: Sense, verb: Verb, { order }: Instruction): Sense {
  const along = taken[verb].filter((key) => order[key] !== undefined);
  return { ...Object.fromEntries(along.map((key) => [key, order[key]])), ...meaning };
}

/**
 * The instruction with what was said about it afterwards.
 * @throws RetouchError instruction_not_understood, where that says otherwise than the instruction
 */
export function refine({ step, order, manner }: Instruction, meaning: Sense, words: string): Instruction {
  const differs = (Object.keys(meaning) as (keyof Order)[]).some(
    (key) => order[key] !== undefined && order[key] !== (meaning as Order)[key],
  );
  const hasAmount = (said: Sense): boolean => amounts.some((amount) => said[amount] !== undefined);
  if (differs || (hasAmount(order) && hasAmount(meaning)))
    throw refuse(words, `that does not go with ${quote(order.words)}.`);
  return {
    step,
    order: { ...order, ...meaning, words: `${order.words}, ${words}` },
    manner: hasAmount(meaning) ? { ...manner, amountAt: 'end' } : manner,
  };
}
