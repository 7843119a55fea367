import type { Operation } from '../images/index.ts';
import type { LevelName } from './level-nouns.ts';
import { levelNouns } from './level-nouns.ts';
import { refuse } from './refusal.ts';
import type { Sense, Strength } from './said.ts';
import { type Canvas, type Order, round, type Step } from './step.ts';

/** Words for one direction, each list separated by `|`. */
interface Direction {
  /** brighter */
  comparatives?: string;
  /** bright */
  adjectives?: string;
  /** brighten */
  verbs?: string;
}

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

export const amount = '({strength}|{share})';
export const byAmount = '[by] ({strength}|{share}) [more]|by {number}';

const raise = '(increase|raise|boost|enhance|lift|add|turn up|bring up|bump up)';
const lower = '(decrease|reduce|lower|cut|turn down|bring down|tone down)';
const subject = '[colours|tones]';
const more = '(more|higher|stronger|extra)';
const less = '(less|lower|weaker)';

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
    },
    toOperations: (order, canvas) => traits.toOperations(toFactor(order, traits), canvas, order.words),
  };
}

/** The ways to raise and lower what `noun`, a pattern, stands for. */
export function toNounPhrases(noun: string): Readonly<Record<string, Sense>> {
  return {
    [`${raise} [${amount}] [more] ${noun} [${byAmount}|to {target}]`]: { sign: 1 },
    [`${lower} ${noun} [${byAmount}|to {target}]`]: { sign: -1 },
    [`(turn|bring|bump) ${noun} up [${byAmount}]`]: { sign: 1 },
    [`(turn|bring|tone) ${noun} down [${byAmount}]`]: { sign: -1 },
    [`[${amount}] ${more} ${noun}`]: { sign: 1 },
    [`[${amount}] ${less} ${noun}`]: { sign: -1 },
    [`${noun} up [${byAmount}]`]: { sign: 1 },
    [`${noun} down [${byAmount}]`]: { sign: -1 },
    [`[adjust|change|shift] ${noun} [by] {signed}`]: {},
    [`{signed} ${noun}`]: {},
    [`{factor} ${noun}`]: {},
  };
}

function toDirectionPhrases(words: Direction, sign: 1 | -1): Readonly<Record<string, Sense>> {
  const opposite = sign === 1 ? -1 : 1;
  return {
    ...(words.comparatives && {
      [`${subject} [${amount}] (${words.comparatives}) ${subject} [${byAmount}]`]: { sign },
    }),
    ...(words.verbs && { [`[${amount}] (${words.verbs}) ${subject} [${byAmount}]`]: { sign } }),
    ...(words.adjectives && {
      [`${subject} [${amount}] more (${words.adjectives}) ${subject}`]: { sign },
      [`${subject} [${amount}] less (${words.adjectives}) ${subject}`]: { sign: opposite },
    }),
  };
}

function toFactor(order: Order, { shares, maxFactor, name }: LevelTraits): number {
  const { sign = 1, target, words } = order;
  const share = order.share ?? (order.number === undefined ? undefined : order.number / 100);
  const factor =
    target ??
    order.factor ??
    (order.signed === undefined
      ? 1 + sign * (share ?? shares[order.strength ?? 'plain'])
      : 1 + order.signed / 100);
  if (target !== undefined && (target - 1) * sign < 0) {
    throw refuse(
      words,
      `${Math.round(target * 100)} % is ${sign === 1 ? 'less' : 'more'} than there is now.`,
    );
  }
  if (factor < 0 || factor > maxFactor || factor === 1) {
    const highest = Math.round((maxFactor - 1) * 100);
    throw refuse(words, `${name} goes up by 1 to ${highest} % and down by 1 to 100 %.`);
  }
  return round(factor, 4);
}
