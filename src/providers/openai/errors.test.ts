import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createMemorySpools } from '../../../test/support/memory-spool.ts';
import { createRedact } from '../redact.ts';
import { readRefusal, readStreamError } from './errors.ts';
import type { ErrorWire } from './wire.ts';

interface Refusal {
  status: number;
  error: { message: string; param: string | null; moderation_details?: object } | null;
  becomes: string;
}

const redact = createRedact(['sk-proj-secret']);
const fixture = new URL('fixtures/refusals.json', import.meta.url);
const refusals: readonly Refusal[] = JSON.parse(await readFile(fixture, 'utf8'));

function toAnswer(status: number, body: string, headers: Record<string, string> = {}) {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    if (body !== '') yield Buffer.from(body);
  }
  return { status, headers, pieces: pieces() };
}

test.for(refusals)('$status $error.code becomes $becomes', async ({ status, error, becomes }) => {
  const body = error ? JSON.stringify({ error }) : '<html>';
  const refusal = await readRefusal(toAnswer(status, body), redact);
  expect(refusal.code).toBe(becomes);
  expect(refusal.param).toBe(error?.param ?? undefined);
  expect(refusal.moderation).toEqual(error?.moderation_details);
  expect(refusal.message).not.toMatch(/sk-|undefined|null/);
});

test('Retry-After is read in seconds, milliseconds and dates', async () => {
  const cases: [Record<string, string>, (waitMs: number) => boolean][] = [
    [{ 'retry-after': '12' }, (waitMs) => waitMs === 12_000],
    [{ 'retry-after': '12', 'retry-after-ms': '250' }, (waitMs) => waitMs === 250],
    [
      { 'retry-after': new Date(Date.now() + 60_000).toUTCString() },
      (waitMs) => waitMs > 50_000 && waitMs <= 60_000,
    ],
    [{ 'retry-after': new Date(0).toUTCString() }, (waitMs) => waitMs === 0],
  ];
  for (const [headers, isRight] of cases) {
    const { retryAfterMs } = await readRefusal(toAnswer(429, '', headers), redact);
    expect(isRight(retryAfterMs ?? -1), JSON.stringify(headers)).toBe(true);
  }
  const { retryAfterMs } = await readRefusal(toAnswer(429, '', { 'retry-after': 'soon' }), redact);
  expect(retryAfterMs).toBeUndefined();
});

test('Where a repeat may cost twice, nobody is told when to come back', async () => {
  for (const status of [400, 401, 500, 504]) {
    const refusal = await readRefusal(
      toAnswer(status, '{"error":{"message":"no"}}', { 'retry-after': '5' }),
      redact,
    );
    expect([refusal.row.retry, refusal.retryAfterMs]).toEqual([false, undefined]);
  }
});

test('A 503 that says when to come back did no work, whatever its body is', async () => {
  const refusal = await readRefusal(toAnswer(503, '<html>', { 'retry-after': '1' }), redact);
  expect(refusal).toMatchObject({ code: 'upstream_overloaded', retryAfterMs: 1_000 });
});

test('Bodies of any shape are survived', async () => {
  for (const body of [
    'null',
    '"text"',
    '[]',
    '{}',
    '{"error":null}',
    '{"error":"text"}',
    '{"error":{"code":5}}',
  ]) {
    expect((await readRefusal(toAnswer(400, body), redact)).message, body).toBe(
      'OpenAI answered with status 400.',
    );
  }
});

const streamErrorOf = (error: ErrorWire, hasBegun = false) =>
  readStreamError(error, createMemorySpools().openSpool(), redact, hasBegun);

test.each<[ErrorWire, boolean, string]>([
  [{ code: 'moderation_blocked' }, false, 'moderation_blocked'],
  [{ type: 'image_generation_user_error' }, false, 'image_generation_failed'],
  [{ type: 'server_error' }, false, 'upstream_outcome_unknown'],
  [{ code: 'rate_limit_exceeded' }, false, 'rate_limit_exceeded'],
  // After a part of a picture came, no error means that nothing was done.
  [{ code: 'rate_limit_exceeded' }, true, 'upstream_outcome_unknown'],
  [{ code: 'moderation_blocked' }, true, 'moderation_blocked'],
])(
  'An error inside a stream is told apart by its code, then by its type: %j, begun %s',
  async (error, hasBegun, code) => {
    expect((await streamErrorOf(error, hasBegun)).code).toBe(code);
  },
);

test('What the vendor says in a stream is shown without a secret', async () => {
  expect((await streamErrorOf({ message: 'with sk-proj-secret' })).message).not.toContain('sk-proj');
});

test("A page that is not the vendor's is no refusal of the caller's request", async () => {
  const { code } = await readRefusal(toAnswer(404, '<html>nginx</html>'), redact);
  expect(code).toBe('upstream_invalid_response');
});
