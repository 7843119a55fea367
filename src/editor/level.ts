import type { Operation } from '../images/index.ts';
import { type LevelName, levelNouns } from './level-nouns.ts';
import { type Direction, refinements, toDirectionPhrases, toNounPhrases } from './level-phrases.ts';
import { refuse } from './refusal.ts';
import type { Strength } from './said.ts';
import { type Canvas, type Order, round, type Step } from './step.ts';

export interface LevelTraits extends Pick<Step, 'does' | 'examples'> {
  name: LevelName;
  up: Direction;
  down: Direction;
  /** The share that `slightly`, nothing and `a lot` stand for. */
  shares: Readonly<Record<Strength, number>>;
  /** The largest factor that makes sense. */
  maxFactor: number;
  /** `factor` 1 is unchanged, 1.2 is 20 % more. */
  toOperations(factor: number, canvas: Canvas, words: string): readonly Operation[];
}

/** Less is not seen. */
const leastShare = 0.01;
/** Less is more likely a factor, or a stop of a camera, than per cent: it is asked back. */
const leastPlainNumber = 5;

/** A step that makes more or less of something: all of them are asked for in the same ways. */
export function createLevel(traits: LevelTraits): Step {
  const noun = `(${levelNouns[traits.name].join('|')})`;
  return {
    name: traits.name,
    does: traits.does,
    examples: traits.examples,
    phrases: {
      ...toNounPhrases(noun),
      ...toDirectionPhrases(traits.up, 1),
      ...toDirectionPhrases(traits.down, -1),
      ...(traits.up.adjectives && { [`{factor} as (${traits.up.adjectives})`]: {} }),
      ...refinements,
    },
    settles: (order) => ({ [traits.name]: toDirection(order) }),
    toOperations: (order, canvas) => traits.toOperations(toFactor(order, traits), canvas, order.words),
  };
}

/** 1: more of it, -1: less. */
export function toDirection(order: Order): 1 | -1 {
  const { sign, signed, signedShare } = order;
  return sign ?? ((signed ?? signedShare ?? (toTarget(order) ?? 1) - 1) < 0 ? -1 : 1);
}

function toFactor(order: Order, { shares, maxFactor, name }: LevelTraits): number {
  const { sign, words } = order;
  const factor = toTarget(order) ?? 1 + (toChange(order) ?? (sign ?? 1) * shares[order.strength ?? 'plain']);
  if (sign !== undefined && (factor - 1) * sign < 0) {
    throw refuse(
      words,
      `${Math.round(factor * 100)} % is ${sign === 1 ? 'less' : 'more'} than there is now.`,
    );
  }
  if (factor < 0 || factor > maxFactor || Math.abs(factor - 1) < leastShare - Number.EPSILON) {
    const highest = Math.round((maxFactor - 1) * 100);
    throw refuse(words, `${name} goes up by 1 to ${highest} % and down by 1 to 100 %.`);
  }
  return round(factor, 4);
}

/** What there is to be in the end; 1 is what there is now. `reduce 2x` is a half. */
function toTarget(order: Order): number | undefined {
  const { target, factor, multiple, multiplier, times, sign } = order;
  const along = factor ?? multiple ?? multiplier ?? times;
  if (target !== undefined || along === undefined) return target;
  return sign === -1 && along > 1 ? 1 / along : along;
}

/** What comes on top; a plain number is one of per cent. */
function toChange(order: Order): number | undefined {
  const { part, share = part, number, signed, signedShare, sign = 1, words } = order;
  const plain = number ?? signed;
  if (plain !== undefined && Math.abs(plain) < leastPlainNumber) {
    throw refuse(words, `say ${plain} % or a factor, as in "twice as bright".`);
  }
  if (share !== undefined || number !== undefined) return sign * (share ?? (number as number) / 100);
  return signedShare ?? (signed === undefined ? undefined : signed / 100);
}
