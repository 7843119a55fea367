import { type ErrorCode, errorCatalogue, RetouchError } from '../../core/errors.ts';
import type { Model } from '../../core/model.ts';
import type { Answer } from '../exchange.ts';
import type { Redact } from '../redact.ts';
import { readErrorBody, readRetryAfter } from '../upstream-error.ts';
import { type ErrorWire, errorWire } from './wire.ts';

export const vendor = 'Gemini';

/** An error in the vendor's own words, all of them at hand. */
type SaidError = Omit<ErrorWire, 'message'> & { message?: string | undefined };

/** google.rpc.ErrorInfo says most exactly what is wrong. */
const byReason: Readonly<Record<string, ErrorCode>> = {
  API_KEY_INVALID: 'upstream_key_rejected',
  API_KEY_EXPIRED: 'upstream_key_rejected',
  API_KEY_SERVICE_BLOCKED: 'upstream_key_rejected',
  API_KEY_IP_ADDRESS_BLOCKED: 'upstream_key_rejected',
  API_KEY_HTTP_REFERRER_BLOCKED: 'upstream_key_rejected',
  SERVICE_DISABLED: 'upstream_key_rejected',
  CONSUMER_SUSPENDED: 'upstream_key_rejected',
  CONSUMER_INVALID: 'upstream_key_rejected',
  BILLING_DISABLED: 'upstream_out_of_credit',
};

const maxReadCharacters = 2_000;

/** What it says in words only, under a status that may mean anything. */
const byWords: readonly { pattern: RegExp; code: ErrorCode }[] = [
  { pattern: /API key (?:not valid|expired|not found)|reported as leaked/i, code: 'upstream_key_rejected' },
  { pattern: /location is not supported|not available in your country/i, code: 'upstream_key_rejected' },
  {
    pattern:
      /\bmodels?\b.*(?:is not found for API version|no longer (?:available|supported)|shut down|retired|discontinued)/is,
    code: 'upstream_model_gone',
  },
  {
    pattern:
      /\blimit: 0\b|free quota tier|credits? (?:are|is|have been) (?:depleted|exhausted)|spend(?:ing)? cap/i,
    code: 'upstream_out_of_credit',
  },
  { pattern: /responsible AI|prohibited content|safety (?:filter|polic)/i, code: 'moderation_blocked' },
  { pattern: /payload size exceeds|request entity too large/i, code: 'request_too_large' },
  { pattern: /unsupported mime ?type|unhandled generated data mime type/i, code: 'unsupported_image_format' },
  { pattern: /unable to process input image|image is not valid/i, code: 'invalid_image_file' },
];

const byStatusName: Readonly<Record<string, ErrorCode>> = {
  UNAUTHENTICATED: 'upstream_key_rejected',
  PERMISSION_DENIED: 'upstream_key_rejected',
  NOT_FOUND: 'upstream_model_gone',
  RESOURCE_EXHAUSTED: 'rate_limit_exceeded',
  CANCELLED: 'upstream_outcome_unknown',
};

const byStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'upstream_key_rejected',
  402: 'upstream_out_of_credit',
  403: 'upstream_key_rejected',
  408: 'upstream_outcome_unknown',
  413: 'request_too_large',
  429: 'rate_limit_exceeded',
  499: 'upstream_outcome_unknown',
};

/** What the caller reads where the vendor's own words are for the operator, or say too little. */
const messages: Partial<Record<ErrorCode, string>> = {
  upstream_key_rejected: `${vendor} does not accept this gateway's own key for the request. The operator must mend it; yours is fine.`,
  upstream_out_of_credit: `This gateway's account at ${vendor} has no money or quota left. The operator must mend it.`,
  upstream_overloaded: `${vendor} refused for want of capacity and did no work. Try again.`,
  upstream_outcome_unknown: `${vendor} failed while it had the request. The edit may have been done and billed, so it is not repeated.`,
  upstream_invalid_response: `${vendor} answered with something that is no result; the edit may have been billed.`,
};

/** What a refusal of the vendor means to the caller, its own words redacted. */
export async function readRefusal(answer: Answer, model: Model, redact: Redact): Promise<RetouchError> {
  const error = findError(await readErrorBody(answer));
  const retryAfterMs = readRetryDelay(error) ?? readRetryAfter(answer.headers, Date.now());
  const refuses = error !== undefined || retryAfterMs !== undefined;
  const code = toCode(answer.status, error, refuses);
  return toError(code, error, { circumstance: `status ${answer.status}`, model, redact, retryAfterMs });
}

/**
 * An error inside an answer that had begun with 200.
 * @param begun whether it had given something before: then the work was under way
 */
export function toStreamError(error: SaidError, begun: boolean, model: Model, redact: Redact): RetouchError {
  const known = findCode(error);
  const isRefusal = error.status === 'INVALID_ARGUMENT' || error.status === 'FAILED_PRECONDITION';
  const code = known ?? (isRefusal ? 'upstream_rejected' : 'upstream_outcome_unknown');
  return toError(begun ? 'upstream_outcome_unknown' : code, error, {
    circumstance: 'an error instead of a result',
    model,
    redact,
    retryAfterMs: readRetryDelay(error),
  });
}

function toCode(status: number, error: SaidError | undefined, refuses: boolean): ErrorCode {
  if (status < 400) return 'upstream_invalid_response';
  if (status === 503 && refuses) return 'upstream_overloaded';
  // Whatever it says: after a failure of the server nobody knows what was done.
  if (status >= 500) return 'upstream_outcome_unknown';
  // Not the vendor's words: something else answers under its address, which the operator has to mend.
  if (error === undefined && (status === 404 || status === 405)) return 'upstream_invalid_response';
  return (error && findCode(error)) ?? byStatus[status] ?? 'upstream_rejected';
}

function findCode(error: SaidError): ErrorCode | undefined {
  const { message = '', status = '', details = [] } = error;
  for (const { reason = '' } of details) if (Object.hasOwn(byReason, reason)) return byReason[reason];
  if (details.some(({ violations = [] }) => violations.some(isNothing))) return 'upstream_out_of_credit';
  const worded = byWords.find(({ pattern }) => pattern.test(message.slice(0, maxReadCharacters)));
  return worded?.code ?? (Object.hasOwn(byStatusName, status) ? byStatusName[status] : undefined);
}

/** A quota of nothing: image models have none without billing, so waiting does not help. */
function isNothing({
  quotaId = '',
  quotaValue,
}: {
  quotaId?: string | undefined;
  quotaValue?: unknown;
}): boolean {
  return quotaValue === undefined ? quotaId.endsWith('-FreeTier') : Number(quotaValue) === 0;
}

/** google.rpc.RetryInfo: `3.29s`. */
function readRetryDelay(error: SaidError | undefined): number | undefined {
  const text = error?.details?.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay;
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(text ?? '') ?? [];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1_000);
}

interface Circumstances {
  circumstance: string;
  model: Model;
  redact: Redact;
  retryAfterMs: number | undefined;
}

function toError(code: ErrorCode, error: SaidError | undefined, about: Circumstances): RetouchError {
  const { circumstance, model, redact, retryAfterMs } = about;
  const said = redact(error?.message ?? '');
  const plain = said === '' ? `${vendor} answered with ${circumstance}.` : `${vendor}: ${said}`;
  const gone =
    code === 'upstream_model_gone' ? `${vendor} no longer serves ${model.id}. ${plain}` : undefined;
  return new RetouchError(code, messages[code] ?? gone ?? plain, {
    cause: new Error(`${circumstance}: ${error?.status ?? ''} ${said}`),
    ...(gone !== undefined && { param: 'model' }),
    ...(retryAfterMs !== undefined && errorCatalogue[code].retry && { retryAfterMs }),
  });
}

/** `{error}`, or the same in a list, as streams have it. */
function findError(body: string): SaidError | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const first = (Array.isArray(value) ? value[0] : value) as { error?: unknown } | null;
    const error = errorWire.safeParse(first?.error).data as SaidError | undefined;
    return error?.message === undefined && error?.status === undefined ? undefined : error;
  } catch {
    return undefined;
  }
}
