import { readColour } from './colours.ts';
import { isNew, isPictureMeant, isPictureNamed } from './filler.ts';
import { type LevelName, levelNouns } from './level-nouns.ts';
import { readRatio, readShape, readSide, readSize } from './measures.ts';
import { readNumber, readSignedNumber } from './numbers.ts';
import {
  readArc,
  readDegrees,
  readFactor,
  readFraction,
  readMultiple,
  readMultiplier,
  readNothing,
  readPart,
  readPixels,
  readShare,
  readSignedShare,
  readTimes,
} from './quantities.ts';
import { createListReader, createTableReader, firstOf, type Reader, skipWord, withWords } from './reader.ts';
import type { Said, Side, Strength } from './said.ts';
import type { Token } from './token.ts';

export type SlotName = keyof Said;

type Slots = { readonly [Name in SlotName]-?: Reader<NonNullable<Said[Name]>> };

const strengthWords: Readonly<Record<Strength, string>> = {
  slight:
    'slightly|little|little bit|bit|tiny bit|tad|touch|subtly|gently|lightly|softly|very slightly|' +
    'slight|subtle|gentle|mild|mildly|faint|somewhat',
  plain: 'moderately|moderate|medium',
  strong:
    'much|very much|very|super|lot|lots|strongly|strong|heavily|heavy|greatly|significantly|considerably|far|way|' +
    'really|extremely|quite bit|great deal|dramatically|drastically|intense|intensely|whole lot',
};

const thicknessWords: Readonly<Record<Strength, string>> = {
  slight: 'thin|narrow|fine|slim|very thin',
  plain: 'medium',
  strong: 'thick|wide|broad|heavy|big|large|very thick',
};

const sideNames: Readonly<Record<string, Side>> = {
  ...{ top: 'top', right: 'right', bottom: 'bottom', left: 'left', upper: 'top', lower: 'bottom' },
  ...{ 'right side': 'right', 'left side': 'left', 'top side': 'top', 'bottom side': 'bottom' },
};
const allSides: readonly Side[] = ['top', 'right', 'bottom', 'left'];
const readSideList: Reader<readonly Side[]> = createListReader(createTableReader(sideNames));
const readAllSides = createTableReader<readonly Side[]>({
  ...Object.fromEntries(
    ['each', 'every', 'all', 'all four'].flatMap((all) =>
      ['side', 'sides', 'edge', 'edges'].map((side) => [`${all} ${side}`, allSides]),
    ),
  ),
  ...{ around: allSides, 'all around': allSides, 'all round': allSides, 'both sides': ['left', 'right'] },
});

const readLevelList = createListReader(createWordReader<LevelName>(levelNouns));
const readStrengthWords = createWordReader(splitWords(strengthWords));

/** How each kind of value is read. A phrase names them in braces. */
export const slots: Slots = {
  /** `a bit`, `a lot of`. */
  strength: withWords(
    (tokens, at) => {
      const reading = readStrengthWords(tokens, at);
      return reading && { ...reading, next: skipWord(tokens, reading.next, 'of') };
    },
    ...(readStrengthWords.words ?? []),
  ),
  thickness: createWordReader(splitWords(thicknessWords)),
  share: readShare,
  part: readPart,
  fraction: readFraction,
  target: readShare,
  number: readNumber,
  nothing: readNothing,
  signed: readSignedNumber,
  signedShare: readSignedShare,
  factor: readFactor,
  multiple: readMultiple,
  multiplier: readMultiplier,
  times: readTimes,
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
    ...{ centre: 'center', middle: 'center', 'centre of': 'center', centred: 'center' },
    ...{ top: 'top', 'top centre': 'top', 'top middle': 'top', upper: 'top' },
    ...{ bottom: 'bottom', 'bottom centre': 'bottom', 'bottom middle': 'bottom' },
    ...{ left: 'left', 'left side': 'left', right: 'right', 'right side': 'right' },
    ...{ 'top left': 'top-left', 'upper left': 'top-left' },
    ...{ 'top right': 'top-right', 'upper right': 'top-right' },
    ...{ 'bottom left': 'bottom-left', 'lower left': 'bottom-left' },
    ...{ 'bottom right': 'bottom-right', 'lower right': 'bottom-right' },
  }),
  sides: firstOf(readAllSides, readSideList),
  lettering: createTableReader<'small' | 'large'>({
    ...{ small: 'small', tiny: 'small', large: 'large', big: 'large', huge: 'large' },
  }),
  levels(tokens, at) {
    const list = readLevelList(tokens, at);
    return list && list.value.length > 1 ? { ...list, value: [...new Set(list.value)] } : undefined;
  },
  picture: createSight(isPictureNamed),
  object: createSight(isPictureMeant),
  fresh: createSight(isNew),
};

/** Reads the words listed for each value. */
function createWordReader<T extends string>(words: Readonly<Record<T, readonly string[]>>): Reader<T> {
  const entries = Object.entries(words) as [T, readonly string[]][];
  return createTableReader<T>(
    Object.fromEntries(entries.flatMap(([value, list]) => list.map((word) => [word, value]))),
  );
}

function splitWords(
  words: Readonly<Record<Strength, string>>,
): Readonly<Record<Strength, readonly string[]>> {
  const { slight, plain, strong } = words;
  return { slight: slight.split('|'), plain: plain.split('|'), strong: strong.split('|') };
}

/** Takes no token: what it looks for was filler. */
function createSight(isSeen: (token: Token) => boolean): Reader<true> {
  return (tokens, at) => {
    const token = tokens[at];
    return token && isSeen(token) ? { value: true, next: at } : undefined;
  };
}
