import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readAll, toBytes } from './bytes.ts';
import {
  createJsonOutline,
  JsonFault,
  type JsonLimits,
  LongText,
  readLongText,
  toQuoted,
} from './json-outline.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpora/JSONTestSuite/test_parsing/', import.meta.url));

function outline(pieces: readonly Uint8Array[], limits?: Partial<JsonLimits>) {
  const reader = createJsonOutline(limits);
  for (const piece of pieces) reader.write(piece);
  return reader.end();
}

const parse = (text: string, limits?: Partial<JsonLimits>) => outline([Buffer.from(text)], limits);

/** The outline, or the fault's message: what must not depend on where the pieces are cut. */
function read(pieces: readonly Uint8Array[], limits?: Partial<JsonLimits>): unknown {
  try {
    return outline(pieces, limits);
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    return fault.message;
  }
}

describe.skipIf(!existsSync(corpus))('JSONTestSuite (../shared/corpora must be there)', () => {
  const names = existsSync(corpus) ? readdirSync(corpus) : [];
  const duplicates = ['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json'];

  const load = (prefix: string) =>
    names
      .filter((name) => name.startsWith(prefix))
      .map((name) => ({ name, document: readFileSync(corpus + name) }));

  test('accepts what must be accepted, as JSON.parse reads it', () => {
    for (const { name, document } of load('y_')) {
      const result = read([document]);
      // Refused on purpose: which of the two values is meant, nobody knows.
      if (duplicates.includes(name)) expect(result).toMatch(/expected it once/);
      else expect(result, name).toEqual(JSON.parse(document.toString()));
    }
  });

  test('refuses what must be refused', () => {
    for (const { name, document } of load('n_')) expect(read([document]), name).toMatch(/^at byte/);
  });

  test('reads or refuses what the standard leaves open', () => {
    for (const { name, document } of load('i_')) expect(read([document]), name).toBeDefined();
  });

  test('comes to the same wherever a document is cut', () => {
    for (const { name, document } of load('').filter((one) => one.document.length < 200)) {
      const whole = read([document]);
      const isUtf8Fault = typeof whole === 'string' && whole.includes('not UTF-8');
      // Such a fault names the piece, so it does depend on the cut.
      const expected = isUtf8Fault ? expect.stringMatching(/^at byte/) : whole;
      for (let cut = 1; cut < document.length; cut += 1) {
        expect(read([document.subarray(0, cut), document.subarray(cut)]), name).toEqual(expected);
      }
      expect(read(Array.from(document, (byte) => Uint8Array.of(byte))), name).toEqual(expected);
    }
  });
});

test('leaves a long string where it is and finds the rest', () => {
  const picture = `data:image/png;base64,${'iVBORw0KGgo'.repeat(200)}`;
  const text = `{"images":[{"image_url":"${picture}"}],"prompt":"short","n":1}`;
  const start = text.indexOf('data:');
  expect(parse(text)).toEqual({
    images: [{ image_url: new LongText(start, start + picture.length, false) }],
    prompt: 'short',
    n: 1,
  });
});

test('counts as long what has more bytes than the limit, in the document', () => {
  expect(parse('["12345678"]', { maxTextBytes: 8 })).toEqual(['12345678']);
  expect(parse('["123456789"]', { maxTextBytes: 8 })).toEqual([new LongText(2, 11, false)]);
  expect(parse('["\\u0041bc"]', { maxTextBytes: 8 })).toEqual(['Abc']);
  expect(parse('["\\u0041\\u0042"]', { maxTextBytes: 8 })).toEqual([new LongText(2, 14, true)]);
});

test('finds long strings wherever the document is cut', () => {
  const text = `{"a":"${'x\\n'.repeat(9)}","b":["${'ü€'.repeat(6)}",-12.5e3,{"c":null}]}`;
  const document = Buffer.from(text);
  const whole = read([document], { maxTextBytes: 16 });
  expect(whole).toMatchObject({ a: { escaped: true }, b: [{ escaped: false }, -12500, { c: null }] });
  for (let first = 0; first <= document.length; first += 1) {
    for (let second = first; second <= document.length; second += 1) {
      const pieces = [
        document.subarray(0, first),
        document.subarray(first, second),
        document.subarray(second),
      ];
      expect(read(pieces, { maxTextBytes: 16 })).toEqual(whole);
    }
  }
});

test('reads a long string back, escapes undone', async () => {
  const prompt = `${'Größer "und" heller \u{1f600}\n'.repeat(60)}`;
  const document = Buffer.from(JSON.stringify({ prompt }));
  const value = outline([document]) as { prompt: LongText };
  expect(value.prompt.escaped).toBe(true);
  expect(await readLongText(toBytes(document), value.prompt, 10_000)).toBe(prompt);
  await expect(readLongText(toBytes(document), value.prompt, 100)).rejects.toThrow(RangeError);
});

test.each([['short "\\ \n é 😀'], ['"\\\n/é😀\u0000'.repeat(2_000)]])(
  'a text of one document goes into another as it stands: %#',
  async (text) => {
    const document = Buffer.from(JSON.stringify({ text }).replaceAll('/', '\\/'));
    const value = outline([document]) as { text: string | LongText };
    const quoted = await readAll(toQuoted(value.text, toBytes(document)), 100_000);
    expect(JSON.parse(`"${quoted}"`)).toBe(text);
  },
);

test('does not let half a surrogate pair pass', async () => {
  expect(read([Buffer.from('["\\ud83d"]')])).toMatch(/at byte 2: found half a surrogate pair/);
  const document = Buffer.from('["\\ud83d"]');
  const [long] = outline([document], { maxTextBytes: 2 }) as [LongText];
  await expect(readLongText(toBytes(document), long, 100)).rejects.toThrow('half a surrogate pair');
});

test('gives objects no prototype and refuses keys that attack one', () => {
  const value = parse('{"constructor":1,"toString":{}}');
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(read([Buffer.from('{"a":{"__proto__":{"isAdmin":1}}}')])).toMatch(/found the key "__proto__"/);
  expect(read([Buffer.from('{"a":1,"a":2}')])).toBe('at byte 7: found the key "a", expected it once');
});

test.each([
  ['{"a" 1}', 'at byte 5: found 1, expected ":"'],
  ['{"a":1 "b"}', 'at byte 7: found "b", expected "," or "}"'],
  ['[1,]', 'at byte 3: found "]", expected a value'],
  ['{"a":1,}', 'at byte 7: found "}", expected a key'],
  ['{a:1}', "at byte 1: found 'a', expected a number in range, true, false or null"],
  ["{'a':1}", 'at byte 1: found "\'", expected JSON'],
  ['[1] [2]', 'at byte 4: found "[", expected nothing more'],
  ['{"a":"b', 'at byte 7: found the end inside a string, expected a quote'],
  ['[1', 'at byte 2: found the end, expected "," or "]"'],
  ['', 'at byte 0: found the end, expected a value'],
  ['["a\nb"]', 'at byte 3: found a control character in a string, expected an escape such as \\n'],
  ['["\\x"]', expect.stringMatching(/^at byte 3: found an unknown escape/)],
  ['[1e999]', "at byte 1: found '1e999', expected a number in range, true, false or null"],
])('says where %j is broken and what was expected', (text, message) => {
  expect(read([Buffer.from(text)])).toEqual(message);
});

test('bounds depth, keys and everything that is built', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(read([Buffer.from(nested(64))])).toBeInstanceOf(Array);
  expect(read([Buffer.from(nested(65))])).toMatch(/expected at most 64 levels/);
  expect(read([Buffer.from(`{"${'k'.repeat(2000)}":1}`)])).toMatch(/expected a shorter key/);
  expect(read([Buffer.from(`[${'1,'.repeat(600)}1]`)], { maxOutlineBytes: 1000 })).toMatch(/besides long/);
  expect(read([Buffer.from('[1,{"a":[]},2]')], { maxValues: 5 })).toHaveLength(3);
  expect(read([Buffer.from('[1,{"a":[]},2,3]')], { maxValues: 5 })).toMatch(
    /at byte 14: .* at most 5 values/,
  );
  expect(read([Buffer.from(`[${'1'.repeat(2000)}]`)])).toMatch(/expected a number in range/);
  const long = `["${'x'.repeat(5000)}"]`;
  expect(read([Buffer.from(long)], { maxOutlineBytes: 100 })).toEqual([new LongText(2, 5002, false)]);
});

test('refuses bytes that are not UTF-8, also where a piece cuts the character', () => {
  const broken = Buffer.from([0x5b, 0x22, 0xe2, 0x82, 0x22, 0x5d]);
  for (let cut = 0; cut <= broken.length; cut += 1) {
    expect(read([broken.subarray(0, cut), broken.subarray(cut)])).toMatch(/not UTF-8/);
  }
});
