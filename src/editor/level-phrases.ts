import type { Phrases } from './step.ts';

/** Words for one direction, each list separated by `|`. */
export interface Direction {
  /** brighter */
  comparatives?: string;
  /** bright */
  adjectives?: string;
  /** brighten */
  verbs?: string;
  /** What is said of a picture that lacks the other direction, if no adjective: `too blurry`. */
  faults?: string;
}

export const amount = '({strength}|{share})';
export const byAmount =
  '(by ({strength}|{share})|{strength}|{part}) [more]|{multiplier}|by ({number}|{factor})|by factor of {times}';

const raise = '(increase|raise|boost|enhance|lift|add|up|amplify|turn up|bring up|bump up|crank up|push up)';
const lower = '(decrease|reduce|lower|cut|turn down|bring down|tone down|dial down|take down)';
const subject = '[colours|tones]';
const more = '(more|higher|stronger|extra|high|increased)';
const less = '(less|lower|weaker|low|reduced)';
const change = '(turn|bring|bump|crank|dial|tone)';

const up = { sign: 1, form: 'raise', carries: 'level' } as const;
const down = { sign: -1, form: 'raise', carries: 'level' } as const;

const made = { form: 'adjective', carries: 'make' } as const;

/** The ways to raise and lower what `noun`, a pattern, stands for. */
export function toNounPhrases(noun: string): Phrases {
  return {
    [`[{strength}] ${raise} [${amount}] [more] ${noun} [${byAmount}|to {target}]`]: up,
    [`[{strength}] ${lower} ${noun} [${byAmount}|to {target}]`]: down,
    [`[{strength}] ${change} ${noun} up [${byAmount}|to {target}]`]: up,
    [`[{strength}] ${change} ${noun} down [${byAmount}|to {target}]`]: down,
    [`[${amount}] ${more} ${noun} [by ${amount}]`]: { sign: 1, form: 'more' },
    [`[${amount}] ${less} ${noun} [by ${amount}]`]: { sign: -1, form: 'more' },
    [`${noun} up [${byAmount}]`]: up,
    [`${noun} down [${byAmount}]`]: down,
    [`[set|adjust|change|bring|put] ${noun} to {target}`]: { carries: 'level' },
    [`[adjust|change|shift] ${noun} [by] ({signed}|{signedShare})`]: {},
    [`({signed}|{signedShare}) ${noun}`]: {},
    [`{factor} ${noun}`]: {},
    [`${noun} {multiplier}`]: {},
    [`(${noun} (${byAmount})|${amount} ${noun})`]: { after: 'level', carries: 'level' },
  };
}

/** The ways to say that something is, or is to be, further in one direction. */
export function toDirectionPhrases(
  { comparatives, adjectives, verbs, faults = adjectives }: Direction,
  sign: 1 | -1,
): Phrases {
  const opposite = sign === 1 ? -1 : 1;
  return {
    ...(comparatives && {
      [`${subject} [${amount}|{multiple}] (${comparatives}) ${subject} [${byAmount}]`]: {
        sign,
        form: 'comparative',
      },
    }),
    ...(adjectives && {
      [`${subject} [${amount}] more (${adjectives}) ${subject} [by ${amount}]`]: {
        sign,
        form: 'comparative',
      },
      [`${subject} [${amount}] less (${adjectives}) ${subject} [by ${amount}]`]: {
        sign: opposite,
        form: 'comparative',
      },
      // Only after "make": in "bright photo, crop it" the word says what is there.
      [`(make|making) ${subject} [look] [{strength}] (${adjectives}) ${subject}`]: { sign, ...made },
      [`[{strength}] (${adjectives})`]: { sign, after: 'make', ...made },
    }),
    // After the adjectives: in "make it bright and warm", the word is one of these.
    ...(verbs && { [`[${amount}] (${verbs}) ${subject} [${byAmount}]`]: { sign, form: 'verb' } }),
    ...(faults && {
      [`[is|it's|looks|seems|came out] [{strength}] too (${faults})`]: { sign, remark: true },
      [`(is|it's|looks|seems|came out) [{strength}] (${faults})`]: { sign, remark: true },
    }),
  };
}

/** What may be said about a level after it: `brighten it, by 20 %`, `…, increase it by 20 %`. */
export const refinements: Phrases = {
  [`(increase|raise|boost) [by] (${amount}|{number}|{factor})`]: { refines: true, sign: 1 },
  [`(decrease|reduce|lower|cut) [by] (${amount}|{number}|{factor})`]: { refines: true, sign: -1 },
  'by ({share}|{number})': { refines: true },
};
