import { readColour } from './colours.ts';
import { type LevelName, levelNouns } from './level-nouns.ts';
import {
  readArc,
  readDegrees,
  readFactor,
  readNumber,
  readPixels,
  readRatio,
  readShape,
  readShare,
  readSide,
  readSigned,
  readSize,
} from './quantities.ts';
import { createTableReader, type Reader, skipJoint, skipWord } from './reader.ts';
import type { Said, Side, Strength } from './said.ts';

export type SlotName = keyof Said;

type Slots = { readonly [Name in SlotName]-?: Reader<NonNullable<Said[Name]>> };

const strengthWords: Readonly<Record<Strength, string>> = {
  slight:
    'slightly|little|little bit|bit|tiny bit|tad|touch|subtly|gently|lightly|softly|very slightly|' +
    'slight|subtle|gentle|soft|mild|mildly|faint|somewhat|thin',
  plain: 'moderately|moderate|medium',
  strong:
    'much|very much|very|lot|lots|strongly|strong|heavily|heavy|greatly|significantly|considerably|far|way|' +
    'really|extremely|quite bit|great deal|dramatically|intense|intensely|thick|wide',
};

const strengths = Object.fromEntries(
  Object.entries(strengthWords).flatMap(([strength, words]) =>
    words.split('|').map((word) => [word, strength as Strength]),
  ),
);

const readStrengthWords = createTableReader(strengths);
const readLevelNoun = createTableReader(
  Object.fromEntries(
    Object.entries(levelNouns).flatMap(([level, nouns]) => nouns.map((noun) => [noun, level as LevelName])),
  ),
);

/** How each kind of value is read. A phrase names them in braces. */
export const slots: Slots = {
  /** `a bit`, `a lot of`. */
  strength(tokens, at) {
    const reading = readStrengthWords(tokens, at);
    return reading && { ...reading, next: skipWord(tokens, reading.next, 'of') };
  },
  share: readShare,
  target: readShare,
  number: readNumber,
  signed: readSigned,
  factor: readFactor,
  pixels: readPixels,
  width: readSide,
  height: readSide,
  size: readSize,
  ratio: readRatio,
  shape: readShape,
  degrees: readDegrees,
  arc: readArc,
  turn: createTableReader<1 | -1>({
    ...{ clockwise: 1, cw: 1, right: 1, rightwards: 1 },
    ...{ 'counter clockwise': -1, counterclockwise: -1, ccw: -1, 'anti clockwise': -1 },
    ...{ anticlockwise: -1, left: -1, leftwards: -1 },
  }),
  colour: readColour,
  text(tokens, at) {
    const token = tokens[at];
    return token?.kind === 'text' ? { value: token.text, next: at + 1 } : undefined;
  },
  anchor: createTableReader<NonNullable<Said['anchor']>>({
    ...{ centre: 'center', middle: 'center', 'centre of': 'center' },
    ...{ top: 'top', 'top centre': 'top', 'top middle': 'top', upper: 'top' },
    ...{ bottom: 'bottom', 'bottom centre': 'bottom', 'bottom middle': 'bottom' },
    ...{ left: 'left', 'left side': 'left', right: 'right', 'right side': 'right' },
    ...{
      'top left': 'top-left',
      'upper left': 'top-left',
      'top right': 'top-right',
      'upper right': 'top-right',
    },
    ...{ 'bottom left': 'bottom-left', 'lower left': 'bottom-left' },
    ...{ 'bottom right': 'bottom-right', 'lower right': 'bottom-right' },
  }),
  side: createTableReader<Side>({ top: 'top', right: 'right', bottom: 'bottom', left: 'left' }),
  lettering: createTableReader<'small' | 'large'>({ small: 'small', large: 'large', big: 'large' }),
  levels(tokens, at) {
    const first = readLevelNoun(tokens, at);
    if (!first) return undefined;
    const levels = [first.value];
    let { next } = first;
    for (let joint = skipJoint(tokens, next); joint > next; joint = skipJoint(tokens, next)) {
      const noun = readLevelNoun(tokens, joint);
      if (!noun) break;
      levels.push(noun.value);
      next = noun.next;
    }
    return levels.length > 1 ? { value: [...new Set(levels)], next } : undefined;
  },
};
