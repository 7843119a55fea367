import { expect, test } from 'vitest';
import { providersSettings } from './config.ts';

test('A base URL has no credentials, no query and no trailing slash', () => {
  const { schema } = providersSettings.openaiBaseUrl;
  const accepted = {
    'https://api.openai.com/v1/': 'https://api.openai.com/v1',
    ' http://[::1]:8080 ': 'http://[::1]:8080',
  };
  for (const [given, read] of Object.entries(accepted)) expect(schema.parse(given)).toBe(read);
  for (const refused of [
    'api.openai.com',
    'ftp://x/v1',
    'https://u:p@x/v1',
    'https://x/v1?a=b',
    'https://x/#v1',
    '',
  ]) {
    expect(schema.safeParse(refused).success, refused).toBe(false);
  }
});

test('A key that could not stand in a header is refused, and never shown', () => {
  const { schema, secret } = providersSettings.openaiApiKey;
  expect(schema.parse(' sk-proj-1 ')).toBe('sk-proj-1');
  for (const refused of ['sk a', 'sk\r\nx: y', 'sk-é', ''])
    expect(schema.safeParse(refused).success).toBe(false);
  expect(secret).toBe(true);
});

test('The deadlines are those that the documents promise', () => {
  const defaults = Object.values(providersSettings).map((setting) => [setting.env, setting.default]);
  expect(Object.fromEntries(defaults)).toMatchObject({
    RETOUCH_UPSTREAM_CONNECT_TIMEOUT_MS: 10_000,
    RETOUCH_UPSTREAM_HEADERS_TIMEOUT_MS: 300_000,
    RETOUCH_UPSTREAM_IDLE_TIMEOUT_MS: 60_000,
    RETOUCH_UPSTREAM_TOTAL_TIMEOUT_MS: 600_000,
    RETOUCH_UPSTREAM_MAX_RESPONSE_BYTES: 256 * 2 ** 20,
  });
  for (const { schema, example, env } of Object.values(providersSettings)) {
    expect(schema.safeParse(example).success, env).toBe(true);
  }
});
