import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { documents } from '../scripts/documents.ts';

test.each(Object.entries(documents))('%s says what the code says (npm run docs)', async (path, toText) => {
  expect(await readFile(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(toText());
});
