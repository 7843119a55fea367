import { expect, test } from 'vitest';
import { findMissingCharacters, fonts } from './font.ts';

test.each(Object.values(fonts))(
  '$family draws the alphabets of Europe and marks the rest, each once',
  async (font) => {
    expect(await findMissingCharacters('Aa ÄÖß ēŁž Ωλ Жя “…” €\n', font)).toEqual([]);
    expect(await findMissingCharacters('漢字 and 漢 and 🦖', font)).toEqual(['漢', '字', '🦖']);
  },
);

test('what draws nothing is not missing', async () => {
  expect(await findMissingCharacters('\u200d\ufe0f\u00ad \u2028', fonts.bold)).toEqual([]);
});
