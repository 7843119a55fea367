import type { Usage } from './edit.ts';

/** OpenAI's error types, as its clients know them. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'image_generation_user_error'
  | 'server_error';

export interface ErrorRow {
  status: number;
  type: ErrorType;
  /** May routing try the next candidate? Only where the work was certainly not done. */
  failOver: boolean;
  /** May the caller's program send the same request again? Becomes `x-should-retry`. */
  retry: boolean;
  /** One sentence for the docs: what happened and what to do. */
  doc: string;
}

const mistake = (doc: string, status = 400): ErrorRow => ({
  status,
  type: 'invalid_request_error',
  failOver: false,
  retry: false,
  doc,
});

/** The one list of everything that can go wrong, as callers see it. docs/errors.md is made from it. */
export const errorCatalogue = {
  // The key
  missing_api_key: {
    status: 401,
    type: 'authentication_error',
    failOver: false,
    retry: false,
    doc: 'No `Authorization: Bearer <key>` header. Send a key of this gateway.',
  },
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    failOver: false,
    retry: false,
    doc: 'The key is mistyped, unknown, revoked or expired; the answer is the same for all four.',
  },
  wrong_key_kind: {
    status: 403,
    type: 'permission_error',
    failOver: false,
    retry: false,
    doc: 'An admin key was used to edit pictures, or another key to administer. Use the other kind.',
  },
  model_not_allowed: {
    status: 403,
    type: 'permission_error',
    failOver: false,
    retry: false,
    doc: 'The key is limited to certain models and this is not one of them.',
  },
  // The place
  not_found: { ...mistake('No such route or thing.', 404), type: 'not_found_error' },
  invalid_http: mistake('The request is not valid HTTP, or its headers are too large.'),
  method_not_allowed: mistake('The route exists, but not for this method.', 405),
  misdirected_host: mistake('The `Host` header names another server; see RETOUCH_ALLOWED_HOSTS.', 421),
  model_not_found: mistake('No such model, or it is retired and this gateway refuses retired models.', 404),
  upstream_model_gone: {
    status: 404,
    type: 'invalid_request_error',
    failOver: true,
    retry: false,
    doc: 'The vendor no longer serves this model and no successor could take the call.',
  },
  image_not_found: mistake(
    'The stored picture does not exist, its link has expired, or its signature is wrong.',
    404,
  ),
  key_not_found: mistake('No key has this id.', 404),
  // The body
  unsupported_content_type: mistake('The body must be `multipart/form-data` or `application/json`.'),
  invalid_multipart: mistake('The multipart body breaks the format; the message says where.'),
  invalid_json: mistake('The JSON body breaks the format; the message says where.'),
  request_too_large: mistake('The body, or one text field of it, is longer than the limit.', 413),
  too_many_fields: mistake('The body has more fields than any edit needs.'),
  upload_too_slow: mistake('The body came in slower than the rate floor for too long.', 408),
  upload_incomplete: mistake('The connection ended before the body did.'),
  // The parameters
  missing_required_parameter: mistake('A required parameter is absent or empty.'),
  unknown_parameter: mistake('The request has a field that this endpoint does not know.'),
  duplicate_parameter: mistake('A field that has one value was sent twice.'),
  invalid_value: mistake('A parameter has a value outside what is accepted.'),
  unsupported_parameter: mistake('The model does not have this parameter.'),
  string_above_max_length: mistake('A text is longer than the model accepts.'),
  instruction_not_understood: mistake(
    'The embedded editor could not place some words of the prompt; the message lists them and what it can do.',
  ),
  // The pictures
  too_many_images: mistake('More pictures than the model takes.'),
  image_too_large: mistake('A picture has more bytes than the limit.'),
  image_dimensions_too_large: mistake('A picture has more pixels, or longer sides, than the limit.'),
  unsupported_image_format: mistake('The bytes of a picture are not PNG, JPEG or WebP.'),
  invalid_image_file: mistake('A picture is damaged: its bytes cannot be read as the format they claim.'),
  image_url_invalid: mistake(
    "A picture's link is not a URL, is longer than 8,192 characters, or carries a user name or password.",
  ),
  image_url_refused: mistake(
    "A picture's link leads where this gateway does not fetch from: anything but https on port 443 of a public address. Send the bytes or a `data:` URL; operators can allow hosts by RETOUCH_IMAGE_URL_ALLOW.",
  ),
  image_download_failed: mistake(
    'A picture could not be fetched from its link: no answer, another answer than 200, an encoded body, too slow, or cut short. Send the bytes or a `data:` URL.',
  ),
  too_many_links: {
    status: 429,
    type: 'rate_limit_error',
    failOver: false,
    retry: true,
    doc: 'The request has more links to pictures than the key may have followed just now (RETOUCH_IMAGE_URLS_PER_MINUTE). None was followed; `retry-after` says when all can be.',
  },
  invalid_mask_image_format: {
    ...mistake(
      'The mask is not a PNG with an alpha channel; or, where this gateway applies it, it is opaque everywhere and so lets nothing change.',
    ),
    type: 'image_generation_user_error',
  },
  mask_size_mismatch: mistake(
    'The mask has another size than the first picture (as seen, after EXIF orientation).',
  ),
  mask_not_supported: mistake('The edit cannot be confined by a mask.'),
  // The vendor
  moderation_blocked: {
    status: 400,
    type: 'image_generation_user_error',
    failOver: false,
    retry: false,
    doc: "The vendor's safety system refused the prompt, a picture or the result.",
  },
  image_generation_failed: {
    ...mistake(
      'The vendor could not make the edit, for a reason in the request; its words are in the message.',
    ),
    type: 'image_generation_user_error',
  },
  upstream_rejected: mistake('The vendor refused the request; its reason is in the message.'),
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    failOver: true,
    retry: true,
    doc: 'The vendor limits the rate of calls; `retry-after` says when to try again.',
  },
  upstream_overloaded: {
    status: 503,
    type: 'server_error',
    failOver: true,
    retry: true,
    doc: 'The vendor refused for want of capacity and did no work.',
  },
  upstream_unreachable: {
    status: 502,
    type: 'server_error',
    failOver: true,
    retry: true,
    doc: 'No connection to the vendor; nothing was sent.',
  },
  upstream_key_rejected: {
    status: 502,
    type: 'server_error',
    failOver: true,
    retry: false,
    doc: "The vendor does not accept this gateway's own key. The operator must mend it; yours is fine.",
  },
  upstream_out_of_credit: {
    status: 503,
    type: 'server_error',
    failOver: true,
    retry: false,
    doc: "This gateway's account at the vendor has no money or quota left. The operator must mend it.",
  },
  upstream_outcome_unknown: {
    status: 504,
    type: 'server_error',
    failOver: false,
    retry: false,
    doc: 'The vendor got the request but no answer came; it may have been done and billed, so it is not repeated.',
  },
  upstream_invalid_response: {
    status: 502,
    type: 'server_error',
    failOver: false,
    retry: false,
    doc: 'The vendor said it was done, but its answer is cut, too large or unreadable. It was probably billed.',
  },
  no_image_returned: {
    status: 502,
    type: 'server_error',
    failOver: false,
    retry: false,
    doc: 'The vendor answered without a picture.',
  },
  mask_not_applied: {
    status: 502,
    type: 'server_error',
    failOver: false,
    retry: false,
    doc: 'The model answered with a picture of another shape, so the mask could not be laid over it. It was probably billed.',
  },
  result_lost: {
    status: 500,
    type: 'server_error',
    failOver: false,
    retry: false,
    doc: 'The model did the edit, but this gateway could not bring its answer to what was asked. It was billed, so it is not repeated.',
  },
  provider_not_configured: {
    status: 503,
    type: 'server_error',
    failOver: true,
    retry: false,
    doc: 'This gateway has no key for the vendor of the model. Set the variable named in the message, or use a test key or `local/retouch`.',
  },
  // This gateway
  server_busy: {
    status: 503,
    type: 'server_error',
    failOver: false,
    retry: true,
    doc: 'More is going on than this gateway will take at once; `retry-after` says when to try again.',
  },
  server_stopping: {
    status: 503,
    type: 'server_error',
    failOver: false,
    retry: true,
    doc: 'This gateway is shutting down and takes no new work.',
  },
  storage_unavailable: {
    status: 503,
    type: 'server_error',
    failOver: false,
    retry: true,
    doc: 'The data folder or the database cannot be written.',
  },
  image_too_complex: mistake('Working on the picture took too much time or memory.'),
  internal_error: {
    status: 500,
    type: 'server_error',
    failOver: false,
    retry: false,
    doc: 'A fault of this gateway. Please report it with the request id.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface ErrorDetails {
  /** The field it is about: `image[3]`, `size`. */
  param?: string;
  retryAfterMs?: number;
  /** For the log only; never shown to the caller. */
  cause?: unknown;
  /** What a vendor says it used all the same. */
  usage?: Usage | undefined;
  /** It may bill more than that. */
  isOpen?: boolean;
  /** What a vendor's safety system objected to. */
  moderation?: ModerationDetails | undefined;
}

export interface ModerationDetails {
  moderation_stage?: string | undefined;
  categories?: readonly string[] | undefined;
}

/** The only error that is meant to reach a caller. `message` is for the caller, `cause` for the operator. */
export class RetouchError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly usage: Usage | undefined;
  readonly isOpen: boolean;
  readonly moderation: ModerationDetails | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RetouchError';
    this.code = code;
    this.param = details.param;
    this.retryAfterMs = details.retryAfterMs;
    this.usage = details.usage;
    this.isOpen = details.isOpen ?? false;
    this.moderation = details.moderation;
  }

  get row(): ErrorRow {
    return errorCatalogue[this.code];
  }
}
