import { type ErrorCode, RetouchError } from '../../core/errors.ts';

/** What a test call is to go through. */
export interface Simulation {
  /** Wait before anything else. */
  delayMs: number;
  fault?: Fault;
}

export interface Fault {
  code: ErrorCode;
  message: string;
  /** How long the vendor seems to work before it fails. */
  afterMs?: number;
  retryAfterMs?: number;
  /** It fails when the first picture has come: the first partial one of a stream. */
  isLate?: boolean;
}

/** Longer than routing waits by itself, so that the caller gets to see the error. */
const retryAfterMs = 3_000;

const faults: Readonly<Record<string, Fault>> = {
  rate_limit: { code: 'rate_limit_exceeded', message: 'the rate limit is reached.', retryAfterMs },
  moderation: { code: 'moderation_blocked', message: 'the safety system refused the request.' },
  timeout: { code: 'upstream_outcome_unknown', message: 'no answer came in time.', afterMs: 1_000 },
  overloaded: { code: 'upstream_overloaded', message: 'there is no capacity.' },
  cut: { code: 'upstream_invalid_response', message: 'the answer broke off.', isLate: true },
};

const maxDelayMs = 120_000;
const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000 };

/**
 * Reads the header `retouch-simulate`: one fault, a delay (`slow=5s`, `slow=250ms`), or both with a comma between.
 * @throws RetouchError invalid_value
 */
export function readSimulation(text: string | undefined): Simulation {
  const wishes = text?.split(',').map((wish) => wish.trim().toLowerCase()) ?? [];
  const delays = wishes.map(readDelayMs).filter((delay) => delay !== undefined);
  const named = wishes.filter((wish) => Object.hasOwn(faults, wish));
  if (named.length + delays.length !== wishes.length || named.length > 1 || delays.length > 1)
    throw unknown(text);
  const fault = faults[named[0] ?? ''];
  return { delayMs: delays[0] ?? 0, ...(fault && { fault }) };
}

export function toError({ code, message, retryAfterMs }: Fault): RetouchError {
  return new RetouchError(code, `Simulated by retouch-simulate: ${message}`, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function readDelayMs(wish: string): number | undefined {
  const [, number, unit = ''] = /^slow=(\d{1,6}(?:\.\d{1,3})?)(ms|s)$/v.exec(wish) ?? [];
  const delayMs = Number(number) * (unitsMs[unit] ?? Number.NaN);
  return delayMs <= maxDelayMs ? delayMs : undefined;
}

function unknown(text = ''): RetouchError {
  const names = Object.keys(faults).join(', ');
  return new RetouchError(
    'invalid_value',
    `'retouch-simulate' is ${JSON.stringify(text.slice(0, 100))}; expected one of ${names}, or slow=5s ` +
      `(up to ${maxDelayMs / 1000} s), or slow and one of them with a comma between.`,
    { param: 'retouch-simulate' },
  );
}
