import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { createKeyText, createRandomText, readKeyKind, toPreview } from './key-text.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test.each(['live', 'test', 'admin'] as const)(
  'a %s key says its kind and carries a CRC-32 in base 62',
  (kind) => {
    const key = createKeyText(kind);
    expect(key).toMatch(new RegExp(`^rt_${kind}_[0-9A-Za-z]{38}$`));
    expect(readKeyKind(key)).toBe(kind);
    const checksum = [...key.slice(-6)].reduce((sum, digit) => sum * 62 + base62.indexOf(digit), 0);
    expect(checksum).toBe(crc32(key.slice(0, -6)));
  },
);

test('a fixed key is read the same way for ever', () => {
  const body = 'rt_live_0123456789ABCDEFGHIJKLMNOPQRSTUV';
  expect(readKeyKind(`${body}3ZQllH`)).toBe('live');
});

test('every change of one character is seen', () => {
  const key = createKeyText('live');
  for (let position = 0; position < key.length; position++) {
    for (let code = 0; code < 256; code++) {
      const changed = key.slice(0, position) + String.fromCharCode(code) + key.slice(position + 1);
      if (changed !== key) expect(readKeyKind(changed), changed).toBeUndefined();
    }
  }
});

test('a character lost, added or swapped is seen', () => {
  const key = createKeyText('test');
  for (let position = 0; position <= key.length; position++) {
    const [before, after] = [key.slice(0, position), key.slice(position)];
    const swapped = before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
    const changes = [before + after.slice(1), `${before}A${after}`, `${before}\n${after}`, swapped];
    for (const changed of changes) if (changed !== key) expect(readKeyKind(changed), changed).toBeUndefined();
  }
});

test('all 62 characters come up about equally often', () => {
  const counts = new Map<string, number>();
  for (const character of createRandomText(62_000)) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect([...counts.keys()].toSorted().join('')).toBe([...base62].toSorted().join(''));
  // 1,000 expected of each; seven standard deviations.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(225);
});

test('a preview shows ten characters at the front and four at the end', () => {
  expect(toPreview('rt_live_abCDEFGHIJKLMNOPQRSTUVWXYZ0123456789wxyz')).toBe('rt_live_ab…wxyz');
});
