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
export function toDirection({ sign, ...order }: Order): 1 | -1 {
  if (sign !== undefined) return sign;
  return (order.signed ?? (toTarget(order) ?? 1) - 1) < 0 ? -1 : 1;
}

function toFactor(order: Order, { shares, maxFactor, name }: LevelTraits): number {
  const { sign, words } = order;
  const target = toTarget(order);
  const share = order.share ?? (order.number === undefined ? undefined : order.number / 100);
  const factor =
    target ??
    1 +
      (order.signed === undefined
        ? (sign ?? 1) * (share ?? shares[order.strength ?? 'plain'])
        : order.signed / 100);
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
function toTarget({ target, factor, multiple, times, sign }: Omit<Order, 'words'>): number | undefined {
  const along = factor ?? multiple ?? times;
  if (target !== undefined || along === undefined) return target;
  return sign === -1 && along > 1 ? 1 / along : along;
}
