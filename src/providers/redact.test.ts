import { expect, test } from 'vitest';
import { createRedact } from './redact.ts';

const redact = createRedact(['plain-secret', undefined, '']);

test('Whatever looks like a key is taken out, wherever it stands', () => {
  const secrets = [
    'plain-secret',
    'sk-proj-AbCd_1234-efgh',
    'sk-ab***********wxyz',
    'rt_live_0123456789abcdefghijABCDEFGHIJ01a1b2c3',
    'Bearer abc.def-ghi',
    'org-AbCdEf123456',
    'proj_AbCdEf123456',
    'AIzaSyA1234567890abcdefg',
    'iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAIAAADwf7zUAAFEE2NhQlgAAUQTanVtYgAAAB5q',
  ];
  for (const secret of secrets) {
    const clean = redact(`Before "${secret}" after.`);
    expect(clean, secret).toContain('[redacted]');
    expect(clean, secret).not.toContain(secret.slice(-6));
    expect(clean).toMatch(/^Before ".*after\.$/);
  }
});

test('Ordinary words stay as they are', () => {
  const text =
    "Invalid value: '1024x1792' for gpt-image-2.5-sunburst-2026-09-08; see https://platform.openai.com/docs/guides/image-generation#limits (organization_usage_limit_exceeded).";
  expect(redact(text)).toBe(text);
});

test('The text becomes one line of bounded length', () => {
  expect(redact('a\r\nb\tc\u2028d\u0000')).toBe('a b c d');
  expect(redact(`${'word '.repeat(1_000)}`).length).toBeLessThanOrEqual(1_001);
});
