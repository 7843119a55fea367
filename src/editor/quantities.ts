import { createTableReader, firstOf, type Reader, skipWord, wordAt } from './reader.ts';
import type { PixelSize } from './said.ts';
import type { Size } from './size.ts';
import type { Token } from './token.ts';

const numberWords = {
  ...{ one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{ twelve: 12, fifteen: 15, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70 },
  ...{ eighty: 80, ninety: 90, hundred: 100 },
};

const fractions = {
  half: 1 / 2,
  third: 1 / 3,
  'one third': 1 / 3,
  'two thirds': 2 / 3,
  quarter: 1 / 4,
  'one quarter': 1 / 4,
  'three quarters': 3 / 4,
};

const multiples = { twice: 2, double: 2, thrice: 3, triple: 3, quadruple: 4, halve: 1 / 2, ...fractions };

/** More are no amount of anything here. */
const maxDigits = 9;

/** `20`, `1.5`, `twenty`: no sign. */
export const readNumber: Reader<number> = firstOf((tokens, at) => {
  const token = tokens[at];
  if (token?.kind !== 'number' || isSigned(token) || token.text.length > maxDigits) return undefined;
  return { value: Number(token.text), next: at + 1 };
}, createTableReader(numberWords));

/** A number that is of no use without the words after it. */
function createUnitReader(skipUnit: (tokens: readonly Token[], at: number) => number): Reader<number> {
  return (tokens, at) => {
    const number = readNumber(tokens, at);
    if (!number) return undefined;
    const next = skipUnit(tokens, number.next);
    return next > number.next ? { value: number.value, next } : undefined;
  };
}

const readPercentNumber = createUnitReader(skipPercent);

const readPercent: Reader<number> = (tokens, at) => {
  const percent = readPercentNumber(tokens, at);
  return percent && { ...percent, value: percent.value / 100 };
};

/** `20 %`, `twenty percent`, `a third`. */
export const readShare: Reader<number> = firstOf(readPercent, createTableReader(fractions));

/** `+15`, `-15 %`. */
export const readSigned: Reader<number> = (tokens, at) => {
  const token = tokens[at];
  if (token?.kind !== 'number' || !isSigned(token) || token.text.length > maxDigits) return undefined;
  return { value: Number(token.text), next: skipPercent(tokens, at + 1) };
};

/** `twice`, `half`, `3x`, `two times`. */
export const readFactor: Reader<number> = firstOf(
  createUnitReader((tokens, at) => skipWord(tokens, at, 'x', 'times')),
  createTableReader(multiples),
);

/** `10 px`, `10 pixels`. */
export const readPixels: Reader<number> = createUnitReader((tokens, at) =>
  skipWord(tokens, at, 'px', 'pixel', 'pixels'),
);

/** `300` or `300 px`: a whole number. */
export const readSide: Reader<number> = (tokens, at) => {
  const side = readPixels(tokens, at) ?? readNumber(tokens, at);
  return side && Number.isInteger(side.value) && side.value > 0 ? side : undefined;
};

/** `800x600`, `800 px by 600 px`. */
export const readSize: Reader<PixelSize> = (tokens, at) => {
  const width = readSide(tokens, at);
  if (!width || !['x', 'by'].includes(wordAt(tokens, width.next))) return undefined;
  const height = readSide(tokens, width.next + 1);
  if (!height) return undefined;
  const inPixels = wordAt(tokens, height.next - 1).startsWith('p');
  return { value: { width: width.value, height: height.value, inPixels }, next: height.next };
};

/** `16:9` */
export const readRatio: Reader<Size> = (tokens, at) => {
  const width = readNumber(tokens, at);
  if (!width || ![':', '/'].includes(wordAt(tokens, width.next))) return undefined;
  const height = readNumber(tokens, width.next + 1);
  if (!height || width.value === 0 || height.value === 0) return undefined;
  return { value: { width: width.value, height: height.value }, next: height.next };
};

export const readShape: Reader<Size> = createTableReader({
  square: { width: 1, height: 1 },
  portrait: { width: 2, height: 3 },
  landscape: { width: 3, height: 2 },
  widescreen: { width: 16, height: 9 },
});

/** `90`, `-90`: what follows makes degrees of it. */
export const readDegrees: Reader<number> = firstOf(readNumber, readSigned);

/** `a quarter turn`, in degrees. */
export const readArc: Reader<number> = createTableReader({
  'quarter turn': 90,
  'half turn': 180,
  'three quarter turn': 270,
  'three quarters turn': 270,
});

function isSigned(token: Token): boolean {
  return token.text.startsWith('+') || token.text.startsWith('-');
}

function skipPercent(tokens: readonly Token[], at: number): number {
  if (wordAt(tokens, at) === 'per' && wordAt(tokens, at + 1) === 'cent') return at + 2;
  return skipWord(tokens, at, 'percent', 'pct');
}
