import { levelNouns } from './level-nouns.ts';
import { amounts } from './phrase.ts';
import { refuse } from './refusal.ts';
import type { Form } from './said.ts';
import type { Instruction } from './step.ts';

/**
 * Gives each of several levels the amount that was said once for all of them: `slightly brighter and warmer`,
 * `brighten and sharpen by 20 %`.
 * @throws RetouchError instruction_not_understood, where it may be meant for one or for all
 */
export function shareAmounts(instructions: readonly Instruction[]): readonly Instruction[] {
  const chains: Instruction[][] = [];
  for (const instruction of instructions) {
    const chain = chains.at(-1);
    const last = chain?.at(-1);
    if (chain && last && continues(last, instruction)) chain.push(instruction);
    else chains.push([instruction]);
  }
  return chains.flatMap((chain) => chain.map((instruction, index) => shareWith(instruction, index, chain)));
}

const commands: ReadonlySet<Form | undefined> = new Set(['verb', 'raise'] as const);
const isCommand = ({ order }: Instruction): boolean => commands.has(order.form);
const object = /\b(?:it|this|that|picture|image|photo|photograph|pic|colou?rs?|tones)\b/v;
const subject =
  /^\W*(?:(?:the|my|its)\s+)?(?:it|this|that|picture|image|photo|photograph|pic|colou?rs|tones)\b/v;

const hasObject = ({ order, manner }: Instruction): boolean =>
  order.form === 'raise' || object.test(manner.clause);

/** Whether both are parts of one list, in which an amount may be meant for each: no sentences of their own. */
function continues(before: Instruction, after: Instruction): boolean {
  const { order, manner } = after;
  if (before.order.form === undefined || order.form === undefined) return false;
  if (isCommand(before) !== isCommand(after)) return false;
  if (!manner.joints.every((joint) => joint === ',' || joint === 'and')) return false;
  if (!isCommand(after)) return !manner.isOpened && !subject.test(manner.clause);
  const areRaised = before.order.form === 'raise' && order.form === 'raise';
  return areRaised || !(hasObject(before) && hasObject(after));
}

function shareWith(instruction: Instruction, index: number, chain: readonly Instruction[]): Instruction {
  if (hasAmount(instruction)) return instruction;
  const front = chain.slice(0, index).findLast(hasAmount);
  const end = chain.slice(index).find(hasAmount);
  const givers = [
    ...(front?.manner.amountAt === 'front' ? [front] : []),
    ...(end && isAtEnd(end, chain) ? [end] : []),
  ];
  const [giver, rival] = givers;
  if (!giver) return instruction;
  const [first, second] = giver === front ? [giver, instruction] : [instruction, giver];
  const among = chain.slice(chain.indexOf(first), chain.indexOf(second) + 1);
  const isClear = giver === front ? isClearInFront : isClearAtEnd;
  if (rival || !among.every((member) => isAlike(member, giver)) || !isClear(giver, instruction, chain)) {
    const words = `${first.order.words} … ${second.order.words}`;
    throw refuse(words, 'say how much for each: "10% brighter and 20% warmer".');
  }
  const along = amounts.filter((amount) => giver.order[amount] !== undefined);
  const taken = Object.fromEntries(along.map((amount) => [amount, giver.order[amount]]));
  return { ...instruction, order: { ...instruction.order, ...taken } };
}

const hasAmount = ({ order }: Instruction): boolean => amounts.some((amount) => order[amount] !== undefined);

const isJoined = (chain: readonly Instruction[]): boolean =>
  chain.at(-1)?.manner.joints.includes('and') ?? false;

/** An amount after the last of them; but of commands between commas, each has its own. */
function isAtEnd(giver: Instruction, chain: readonly Instruction[]): boolean {
  if (giver !== chain.at(-1) || giver.manner.amountAt !== 'end' || giver.order.target !== undefined)
    return false;
  return !isCommand(giver) || isJoined(chain);
}

/** Levels, said in one way. `more contrast and more saturation` says more of each by itself. */
function isAlike({ step, order }: Instruction, giver: Instruction): boolean {
  const isLevel = order.levels !== undefined || Object.hasOwn(levelNouns, step.name);
  return isLevel && order.form === giver.order.form && order.form !== 'more';
}

function isClearInFront(giver: Instruction, taker: Instruction, chain: readonly Instruction[]): boolean {
  if (giver !== chain[0] || giver.order.form === 'raise') return false;
  return !isCommand(giver) || (isJoined(chain) && (hasObject(taker) || !hasObject(giver)));
}

function isClearAtEnd(giver: Instruction, taker: Instruction, chain: readonly Instruction[]): boolean {
  if (!isJoined(chain)) return false;
  if (giver.order.form === 'raise') return giver.order.strength === undefined;
  return !isCommand(giver) || hasObject(giver) || !hasObject(taker);
}
