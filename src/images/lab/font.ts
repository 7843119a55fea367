import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** The fonts that captions are set in; they come with the program, for a server may have none. */
export const fonts = {
  regular: { family: 'DejaVu Sans', file: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf') },
  bold: { family: 'DejaVu Sans Bold', file: resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf') },
};

export type Font = (typeof fonts)[keyof typeof fonts];

/** Code points from `first` to `last`, both included. */
interface Range {
  first: number;
  last: number;
}

const known = new Map<Font, readonly Range[]>();

/** The characters of a text that the font has no picture for, each once. */
export async function findMissingCharacters(text: string, font: Font): Promise<string[]> {
  const ranges = known.get(font) ?? readRanges(await readFile(font.file));
  known.set(font, ranges);
  const has = (code: number): boolean => ranges.some(({ first, last }) => first <= code && code <= last);
  // White space, joiners and variation selectors draw nothing.
  const drawn = new Set(text.replace(/[\s\p{Default_Ignorable_Code_Point}]/gu, ''));
  return [...drawn].filter((character) => !has(character.codePointAt(0) ?? 0));
}

/** Reads the table `cmap` of a TrueType file, in its format 12 (all of Unicode, in ranges). */
function readRanges(file: Buffer): readonly Range[] {
  const table = readTables(file, 12, 16, 8).find(({ name }) => name === 'cmap');
  if (table === undefined) throw new Error('the font has no character map');
  const cmap = file.subarray(table.offset);
  const count = cmap.readUInt16BE(2);
  for (let index = 0; index < count; index += 1) {
    const subtable = cmap.subarray(cmap.readUInt32BE(4 + index * 8 + 4));
    if (subtable.readUInt16BE(0) === 12) return readGroups(subtable);
  }
  throw new Error('the font has no character map of format 12');
}

function readTables(file: Buffer, start: number, entryLength: number, offsetAt: number) {
  return Array.from({ length: file.readUInt16BE(4) }, (_, index) => {
    const entry = start + index * entryLength;
    return { name: file.toString('latin1', entry, entry + 4), offset: file.readUInt32BE(entry + offsetAt) };
  });
}

function readGroups(subtable: Buffer): readonly Range[] {
  return Array.from({ length: subtable.readUInt32BE(12) }, (_, index) => {
    const entry = 16 + index * 12;
    return { first: subtable.readUInt32BE(entry), last: subtable.readUInt32BE(entry + 4) };
  });
}
