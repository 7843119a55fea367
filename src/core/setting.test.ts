import { expect, test } from 'vitest';
import { wholeNumber } from './setting.ts';

test.each([
  ['0', 0],
  ['86400000', 86_400_000],
  ['86_400_000', 86_400_000],
  ['1,000', 1_000],
  [' 250,000 ', 250_000],
])('%j is a whole number', (text, value) => {
  expect(wholeNumber(0).parse(text)).toBe(value);
});

test.each(['1,5', '1,50', '0,05', '1_0', '1,0000', '1234,567', ',100', '100,', '1,,000', '1.5', '-1', ''])(
  '%j is none',
  (text) => {
    expect(wholeNumber(0).safeParse(text).success).toBe(false);
  },
);
