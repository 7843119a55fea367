import { readNumber, readSignedNumber } from './numbers.ts';
import { createTableReader, firstOf, type Reader, withWords } from './reader.ts';

const fractions = {
  half: 1 / 2,
  third: 1 / 3,
  'one third': 1 / 3,
  'two thirds': 2 / 3,
  quarter: 1 / 4,
  'one quarter': 1 / 4,
  'three quarters': 3 / 4,
};

const multiples = { twice: 2, double: 2, thrice: 3, triple: 3, quadruple: 4 };

/** A number that is of no use without the unit after it. */
function createUnitReader(...units: readonly string[]): Reader<number> {
  const readUnit = createUnit(units);
  const read: Reader<number> = (tokens, at) => {
    const number = readNumber(tokens, at);
    const unit = number && readUnit(tokens, number.next);
    return unit && { value: number.value, next: unit.next };
  };
  return withWords(read, ...(readNumber.words ?? []), ...(readUnit.words ?? []));
}

const createUnit = (units: readonly string[]): Reader<true> =>
  createTableReader(Object.fromEntries(units.map((unit) => [unit, true as const])));

const percent = ['percent', 'per cent', 'pct'];
const readPercentSign = createUnit(percent);
const readPercentNumber = createUnitReader(...percent);

const readPercent: Reader<number> = (tokens, at) => {
  const hundredths = readPercentNumber(tokens, at);
  return hundredths && { ...hundredths, value: hundredths.value / 100 };
};

/** `half`, `a third`. */
export const readFraction: Reader<number> = createTableReader(fractions);

/** `20 %`, `twenty percent`, `a third`. */
export const readShare: Reader<number> = firstOf(readPercent, readFraction);

/** A share that can be a part: `brighten 20 %`. Of `saturate 150 %` it is not clear whether that is by or to. */
export const readPart: Reader<number> = (tokens, at) => {
  const share = readShare(tokens, at);
  return share && share.value <= 1 ? share : undefined;
};

/** `0`, `zero`. */
export const readNothing: Reader<0> = (tokens, at) => {
  const number = readNumber(tokens, at);
  return number?.value === 0 ? { value: 0, next: number.next } : undefined;
};

/** `+15 %`, `-15 %`. */
export const readSignedShare: Reader<number> = (tokens, at) => {
  const number = readSignedNumber(tokens, at);
  const sign = number && readPercentSign(tokens, number.next);
  return sign && { value: number.value / 100, next: sign.next };
};

/** `twice`, `3x`, `two times`: no fraction. */
export const readMultiple: Reader<number> = firstOf(
  createUnitReader('x', 'times'),
  createTableReader(multiples),
);

/** `3x`: unlike `twice`, it cannot mean to do something over again. */
export const readMultiplier: Reader<number> = createUnitReader('x');

/** `twice`, `3x`, `half`. */
export const readFactor: Reader<number> = firstOf(
  readMultiple,
  createTableReader({ halve: 1 / 2 }),
  readFraction,
);

/** What stands after `a factor of`: `2`, `2x`, `two`. */
export const readTimes: Reader<number> = firstOf(readFactor, readNumber);

/** `10 px`, `10 pixels`. */
export const readPixels: Reader<number> = createUnitReader('px', 'pixel', 'pixels');

/** `90`, `-90`: what follows makes degrees of it. */
export const readDegrees: Reader<number> = firstOf(readNumber, readSignedNumber);

/** `a quarter turn`, in degrees. */
export const readArc: Reader<number> = createTableReader({
  'quarter turn': 90,
  'half turn': 180,
  'three quarter turn': 270,
  'three quarters turn': 270,
});
