import { expect, test } from 'vitest';
import { createCall } from '../../test/support/edit-call.ts';
import { createModel, createRequest } from '../../test/support/routing.ts';
import type { EditOutcome } from '../core/edit.ts';
import { type ErrorCode, type ErrorDetails, errorCatalogue, RetouchError } from '../core/errors.ts';
import { type Execution, execute } from './execute.ts';
import type { Candidate } from './plan.ts';

const outcome: EditOutcome = { images: [], facts: { output_format: 'png' }, createdAt: 1, warnings: [] };

function toCandidate(name: string): Candidate {
  const model = createModel({ id: `vendor/${name}` });
  const request = createRequest();
  return { asked: model, model, request, parameters: {}, finish: {}, warnings: [] };
}

/** What happens when a model is asked: an error, or the answer. */
type Happening = ErrorCode | [ErrorCode, ErrorDetails] | 'ok' | Error;

interface Scene {
  /** By model, for each time it is asked. */
  script: Readonly<Record<string, Happening[]>>;
  replace?: Execution['replace'];
  controller?: AbortController;
  /** Told before an attempt ends. */
  during?: (attempt: number) => void;
  committedAfter?: number;
}

function toError(happening: Exclude<Happening, 'ok'>): Error {
  if (happening instanceof Error) return happening;
  const [code, details] = typeof happening === 'string' ? [happening, {}] : happening;
  return new RetouchError(code, `it was ${code}`, details);
}

async function run({ script, replace, controller = new AbortController(), during, committedAfter }: Scene) {
  const asked: string[] = [];
  const told: number[] = [];
  let freed = 0;
  const happenings = new Map(Object.entries(script).map(([name, list]) => [`vendor/${name}`, [...list]]));
  const startedMs = performance.now();
  const result = await execute({
    candidates: Object.keys(script).map(toCandidate),
    providerOf({ model }) {
      const [next] = happenings.get(model.id) ?? [];
      if (next === 'provider_not_configured') throw toError(next);
      return {
        id: 'vendor',
        models: [],
        async edit(call) {
          expect(call.model).toBe(model);
          asked.push(model.id.slice('vendor/'.length));
          during?.(asked.length);
          const happening = happenings.get(model.id)?.shift() ?? 'ok';
          if (happening === 'ok') return outcome;
          throw toError(happening);
        },
      };
    },
    toCall: async ({ model }) => createCall({ model }),
    replace: replace ?? (() => undefined),
    signal: controller.signal,
    committed: () => committedAfter !== undefined && asked.length >= committedAfter,
    onAttempt: (_candidate, attempt) => void told.push(attempt),
    onFree: () => {
      freed += 1;
    },
  }).catch((error: unknown) => error);
  return { result, asked, told, freed, elapsedMs: performance.now() - startedMs };
}

const codeOf = (result: unknown): string => (result instanceof RetouchError ? result.code : String(result));

test('the first that serves is the one, and is told as attempts are counted', async () => {
  const { result, asked, told } = await run({ script: { a: ['ok'], b: ['ok'] } });
  expect(result).toMatchObject({ candidate: { model: { id: 'vendor/a' } }, outcome, attempts: 1 });
  expect([asked, told]).toEqual([['a'], [1]]);
});

const codes = Object.keys(errorCatalogue) as ErrorCode[];

test.each(codes.filter((code) => errorCatalogue[code].failOver && code !== 'upstream_unreachable'))(
  '%s leads to the next candidate',
  async (code) => {
    const { result, asked } = await run({ script: { a: [code], b: ['ok'] } });
    expect(result).toMatchObject({ candidate: { model: { id: 'vendor/b' } } });
    expect(asked.at(-1)).toBe('b');
  },
);

test.each(codes.filter((code) => !errorCatalogue[code].failOver))(
  '%s is the end, whoever else there is',
  async (code) => {
    const { result, asked, freed } = await run({ script: { a: [code], b: ['ok'] } });
    expect(codeOf(result)).toBe(code);
    expect([asked, freed]).toEqual([['a'], 0]);
  },
);

test('so is a fault of our own', async () => {
  const fault = new TypeError('a bug');
  const { result, asked } = await run({ script: { a: [fault], b: ['ok'] } });
  expect(result).toBe(fault);
  expect(asked).toEqual(['a']);
});

test('where nobody could serve, the first failure is told', async () => {
  const { result, asked } = await run({
    script: { a: ['upstream_key_rejected'], b: ['rate_limit_exceeded'], c: ['upstream_out_of_credit'] },
  });
  expect(codeOf(result)).toBe('upstream_key_rejected');
  expect(asked).toEqual(['a', 'b', 'c']);
});

test('who is not configured is not asked', async () => {
  const { result, asked, told } = await run({ script: { a: ['provider_not_configured'], b: ['ok'] } });
  expect(result).toMatchObject({ candidate: { model: { id: 'vendor/b' } }, attempts: 1 });
  expect([asked, told]).toEqual([['b'], [1]]);
});

test('an unreachable vendor is asked again twice, a little later each time', async () => {
  const { result, asked, told, freed, elapsedMs } = await run({
    script: { a: Array(4).fill('upstream_unreachable') },
  });
  expect(codeOf(result)).toBe('upstream_unreachable');
  expect([asked, told, freed]).toEqual([['a', 'a', 'a'], [1, 2, 3], 3]);
  expect(elapsedMs).toBeGreaterThan(440);
  expect(elapsedMs).toBeLessThan(5_000);
});

test.each<[string, Happening[], string[]]>([
  ['a short wait is waited for', [['rate_limit_exceeded', { retryAfterMs: 30 }], 'ok'], ['a', 'a']],
  ['twice at most', Array(3).fill(['rate_limit_exceeded', { retryAfterMs: 5 }]), ['a', 'a', 'a', 'b']],
  ['a long wait is the caller’s', [['rate_limit_exceeded', { retryAfterMs: 2_001 }], 'ok'], ['a', 'b']],
  ['without a time nobody waits', ['upstream_overloaded', 'ok'], ['a', 'b']],
  [
    'where asking again is no use, nobody waits',
    [['upstream_out_of_credit', { retryAfterMs: 5 }], 'ok'],
    ['a', 'b'],
  ],
])('%s', async (_name, happenings, expected) => {
  const { asked, elapsedMs } = await run({ script: { a: happenings, b: ['ok'] } });
  expect(asked).toEqual(expected);
  expect(elapsedMs).toBeLessThan(1_900);
});

test('who has been given something gets no second attempt', async () => {
  const { result, asked } = await run({
    script: { a: ['rate_limit_exceeded'], b: ['ok'] },
    committedAfter: 1,
  });
  expect(codeOf(result)).toBe('rate_limit_exceeded');
  expect(asked).toEqual(['a']);
});

test('who has gone wants no second attempt, also while it is waited for', async () => {
  const gone = new AbortController();
  const atOnce = await run({
    script: { a: ['rate_limit_exceeded'], b: ['ok'] },
    controller: gone,
    during: () => gone.abort(),
  });
  expect([codeOf(atOnce.result), atOnce.asked]).toEqual(['rate_limit_exceeded', ['a']]);
  const later = new AbortController();
  const waiting = await run({
    script: { a: [['rate_limit_exceeded', { retryAfterMs: 1_900 }], 'ok'], b: ['ok'] },
    controller: later,
    during: () => void setTimeout(() => later.abort(), 20),
  });
  expect([codeOf(waiting.result), waiting.asked]).toEqual(['rate_limit_exceeded', ['a']]);
  expect(waiting.elapsedMs).toBeLessThan(1_500);
});

test('a model that its vendor says is gone is replaced, before others are asked', async () => {
  const replaced: string[] = [];
  const { result, asked } = await run({
    script: { a: ['upstream_model_gone'], b: ['ok'] },
    replace(candidate) {
      replaced.push(candidate.model.id);
      return toCandidate('a2');
    },
  });
  expect(result).toMatchObject({ candidate: { model: { id: 'vendor/a2' } }, attempts: 2 });
  expect([asked, replaced]).toEqual([['a', 'a2'], ['vendor/a']]);
});

test.each<[Happening, ErrorCode]>([
  ['rate_limit_exceeded', 'rate_limit_exceeded'],
  ['image_generation_failed', 'image_generation_failed'],
  ['upstream_outcome_unknown', 'upstream_outcome_unknown'],
])('of a replacement that fails it is that failure (%s) which is told', async (failure, code) => {
  const { result, asked } = await run({
    script: { a: ['upstream_model_gone'], a2: Array<Happening>(6).fill(failure) },
    replace: () => toCandidate('a2'),
  });
  expect([asked.slice(0, 2), result]).toMatchObject([['a', 'a2'], { code }]);
});

test('where nobody replaces it, the others are asked', async () => {
  const { result } = await run({ script: { a: ['upstream_model_gone'], b: ['ok'] } });
  expect(result).toMatchObject({ candidate: { model: { id: 'vendor/b' } } });
});

test.each<[Happening]>([['instruction_not_understood'], ['upstream_rejected'], ['request_too_large']])(
  'a stand-in that refuses what it is asked (%s) is passed over, and the failure that led to it stays',
  async (refusal) => {
    const failing = { first: ['provider_not_configured' as const], second: [refusal] };
    expect((await run({ script: failing })).result).toMatchObject({ code: 'provider_not_configured' });
    const { result, asked } = await run({ script: { ...failing, third: ['ok'] } });
    expect([asked, result]).toMatchObject([['second', 'third'], { outcome }]);
  },
);

test.each<[Happening, ErrorCode]>([
  ['upstream_outcome_unknown', 'upstream_outcome_unknown'],
  [
    ['moderation_blocked', { usage: { inputTextTokens: 1, inputImageTokens: 1, outputImageTokens: 0 } }],
    'moderation_blocked',
  ],
])('but one that may have cost something is told: %j', async (failure, code) => {
  const scene = { script: { first: ['provider_not_configured' as const], second: [failure] } };
  expect((await run(scene)).result).toMatchObject({ code });
});
