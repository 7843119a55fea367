import { readNumeral } from './numeral.ts';
import { createTableReader, firstOf, type Reader, skipWord, withWords, wordAt } from './reader.ts';

const readTens = createTableReader({
  ...{ twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90 },
});
const digits = { one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9 };
const readDigit = createTableReader(digits);
const readBelowTwenty = createTableReader({
  ...digits,
  ...{ zero: 0, ten: 10, eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16 },
  ...{ seventeen: 17, eighteen: 18, nineteen: 19 },
});

/** `twenty five`; the hyphen of `twenty-five` is no token. */
const readCompound: Reader<number> = (tokens, at) => {
  const tens = readTens(tokens, at);
  const digit = tens && readDigit(tokens, tens.next);
  return digit ? { value: tens.value + digit.value, next: digit.next } : tens;
};

const readBelowHundred = firstOf(withWords(readCompound, ...(readTens.words ?? [])), readBelowTwenty);

/** `hundred`, `two hundred and fifty`. */
const readHundreds: Reader<number> = (tokens, at) => {
  const count = readDigit(tokens, at) ?? { value: 1, next: at };
  if (wordAt(tokens, count.next) !== 'hundred') return undefined;
  const hundreds = { value: count.value * 100, next: count.next + 1 };
  const rest = readBelowHundred(tokens, skipWord(tokens, hundreds.next, 'and'));
  return rest ? { value: hundreds.value + rest.value, next: rest.next } : hundreds;
};

const readDigits: Reader<number> = (tokens, at) => {
  const token = tokens[at];
  const value = token?.kind === 'number' ? readNumeral(token.text) : undefined;
  return value === undefined ? undefined : { value, next: at + 1 };
};

/** `20`, `1.5`, `12,5`, `twenty-five`: no sign. */
export const readNumber: Reader<number> = firstOf(
  readDigits,
  withWords(readHundreds, 'hundred'),
  readBelowHundred,
);

/** `+15`, `-15`. */
export const readSignedNumber: Reader<number> = (tokens, at) => {
  const token = tokens[at];
  const [, sign, digits = ''] = (token?.kind === 'number' && /^([+\-])(.+)$/v.exec(token.text)) || [];
  const value = sign === undefined ? undefined : readNumeral(digits);
  return value === undefined ? undefined : { value: sign === '-' ? -value : value, next: at + 1 };
};
