import type { Spool } from '../../core/bytes.ts';
import { type ErrorCode, errorCatalogue, RetouchError } from '../../core/errors.ts';
import type { Answer } from '../exchange.ts';
import type { Redact } from '../redact.ts';
import { readErrorBody, readRetryAfter } from '../upstream-error.ts';
import { orInvalid, readText } from '../vendor-answer.ts';
import { type ErrorWire, errorWire } from './wire.ts';

/** An error in the vendor's own words, all of them at hand. */
type SaidError = Omit<ErrorWire, 'message'> & { message?: string | undefined };

const maxMessageBytes = 1_048_576;

/** The vendor's codes and types that say more than the status (contract 2.4). */
const byCode: Readonly<Record<string, ErrorCode>> = {
  moderation_blocked: 'moderation_blocked',
  content_policy_violation: 'moderation_blocked',
  image_content_policy_violation: 'moderation_blocked',
  unknown_parameter: 'unknown_parameter',
  invalid_value: 'invalid_value',
  invalid_mask_image_format: 'invalid_mask_image_format',
  invalid_image: 'invalid_image_file',
  invalid_image_file: 'invalid_image_file',
  invalid_image_format: 'invalid_image_file',
  image_parse_error: 'invalid_image_file',
  empty_image_file: 'invalid_image_file',
  unsupported_file_mimetype: 'unsupported_image_format',
  unsupported_image_media_type: 'unsupported_image_format',
  image_too_large: 'image_too_large',
  image_file_too_large: 'image_too_large',
  // A type: what goes with no code says no more.
  image_generation_user_error: 'image_generation_failed',
  model_not_found: 'upstream_model_gone',
  invalid_api_key: 'upstream_key_rejected',
  rate_limit_exceeded: 'rate_limit_exceeded',
  insufficient_quota: 'upstream_out_of_credit',
  billing_hard_limit_reached: 'upstream_out_of_credit',
  credit_balance_exhausted: 'upstream_out_of_credit',
  organization_spend_limit_exceeded: 'upstream_out_of_credit',
  project_spend_limit_exceeded: 'upstream_out_of_credit',
  organization_usage_limit_exceeded: 'upstream_out_of_credit',
};

const byStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'upstream_key_rejected',
  402: 'upstream_out_of_credit',
  403: 'upstream_key_rejected',
  408: 'upstream_outcome_unknown',
  413: 'request_too_large',
  429: 'rate_limit_exceeded',
};

/** What the caller reads where the vendor's own words are for the operator, or say too little. */
const messages: Partial<Record<ErrorCode, string>> = {
  upstream_key_rejected:
    "OpenAI does not accept this gateway's own key for the request. The operator must mend it; yours is fine.",
  upstream_out_of_credit:
    "This gateway's account at OpenAI has no money or quota left. The operator must mend it.",
  request_too_large: 'The pictures and texts together are more than OpenAI takes in one request.',
  upstream_overloaded: 'OpenAI refused for want of capacity and did no work. Try again.',
  upstream_outcome_unknown:
    'OpenAI failed while it had the request. The edit may have been done and billed, so it is not repeated.',
  upstream_invalid_response:
    'OpenAI answered with something that is no result; the edit may have been billed.',
};

/** What a refusal of the vendor means to the caller, its own words redacted. */
export async function readRefusal(answer: Answer, redact: Redact): Promise<RetouchError> {
  const body = await readErrorBody(answer);
  const error = findError(body);
  const retryAfterMs = readRetryAfter(answer.headers, Date.now());
  const refuses = error !== undefined || retryAfterMs !== undefined;
  const code = toCode(answer.status, error, refuses);
  return toError(code, error, `status ${answer.status}`, redact, retryAfterMs);
}

/**
 * An error inside an answer that had begun with 200.
 * @param document where its long texts are
 * @param hasBegun whether something of a picture came before it: then work was done, whatever it says
 */
export async function readStreamError(
  { message, ...rest }: ErrorWire,
  document: Spool,
  redact: Redact,
  hasBegun: boolean,
): Promise<RetouchError> {
  const error: SaidError = { ...rest };
  if (message !== undefined) {
    error.message = await orInvalid('OpenAI', () => readText(message, document, maxMessageBytes));
  }
  const fault = error.type?.endsWith('_user_error') || error.type === 'invalid_request_error';
  const said = findByCode(error) ?? (fault ? 'upstream_rejected' : 'upstream_outcome_unknown');
  const isFree = errorCatalogue[said].failOver;
  const code = hasBegun && isFree ? 'upstream_outcome_unknown' : said;
  return toError(code, error, 'an error instead of a result', redact);
}

function toCode(status: number, error: SaidError | undefined, refuses: boolean): ErrorCode {
  if (status < 400) return 'upstream_invalid_response';
  if (status === 503 && refuses) return 'upstream_overloaded';
  // Whatever it says: after a failure of the server nobody knows what was done.
  if (status >= 500) return 'upstream_outcome_unknown';
  // Not the vendor's words: something else answers under its address, which the operator has to mend.
  if (error === undefined && (status === 404 || status === 405)) return 'upstream_invalid_response';
  return findByCode(error) ?? byStatus[status] ?? 'upstream_rejected';
}

function findByCode(error: SaidError | undefined): ErrorCode | undefined {
  for (const name of [error?.code, error?.type]) {
    if (name !== undefined && Object.hasOwn(byCode, name)) return byCode[name];
  }
  return undefined;
}

function toError(
  code: ErrorCode,
  error: SaidError | undefined,
  circumstance: string,
  redact: Redact,
  retryAfterMs?: number,
): RetouchError {
  const said = error?.message === undefined ? '' : redact(error.message);
  const message =
    messages[code] ?? (said === '' ? `OpenAI answered with ${circumstance}.` : `OpenAI: ${said}`);
  return new RetouchError(code, message, {
    cause: new Error(`${circumstance}: ${said}`),
    ...(error?.param !== undefined && { param: redact(error.param) }),
    ...(retryAfterMs !== undefined && errorCatalogue[code].retry && { retryAfterMs }),
    moderation: error?.moderation_details,
  });
}

function findError(body: string): SaidError | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const error = errorWire.safeParse((value as { error?: unknown } | null)?.error ?? value).data as
      | SaidError
      | undefined;
    return error?.message === undefined && error?.code === undefined ? undefined : error;
  } catch {
    return undefined;
  }
}
