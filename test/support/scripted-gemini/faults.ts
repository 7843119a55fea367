import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** One way to go wrong. */
export interface Fault {
  /** Strikes as soon as the headers came; otherwise when the whole request was read and found right. */
  early?: true;
  /** The work was done before it went wrong: it stands on the bill. */
  billed?: true;
  strike(response: ServerResponse, request: IncomingMessage, answer: string): void;
}

const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream' };
const html = '<html><head><title>Error</title></head><body>That’s an error.</body></html>';

const toError = (code: number, status: string, message: string, details?: readonly object[]) => ({
  error: { code, message, status, ...(details && { details }) },
});

const refusal = (...about: Parameters<typeof toError>): Fault => ({
  strike: (response) => response.writeHead(about[0], json).end(JSON.stringify(toError(...about))),
});
const page = (status: number): Fault => ({
  billed: true,
  strike: (response) => response.writeHead(status, { 'content-type': 'text/html' }).end(html),
});
const answer = (body: string): Fault => ({
  billed: true,
  strike: (response) => response.writeHead(200, json).end(body),
});
const stream = (body: string): Fault => ({
  billed: true,
  strike: (response) => response.writeHead(200, events).end(body),
});
/** Later, so that what was written before is on its way. */
const reset = (response: ServerResponse): void => {
  setTimeout(() => response.socket?.resetAndDestroy(), 20);
};
const halfOf = (text: string): string => text.slice(0, text.length / 2);

const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3.29s' };
const quotaFailure = (...violations: object[]) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations,
});
const errorInfo = (reason: string) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
});
const quota = 'You exceeded your current quota, please check your plan and billing details.';

/** Each row of the retry table (reliability 4), and what this vendor adds. */
export const faults = {
  'rate-limited': refusal(429, 'RESOURCE_EXHAUSTED', quota, [
    quotaFailure({
      quotaMetric: 'generativelanguage.googleapis.com/generate_content_paid_tier_requests',
      quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-PaidTier1',
      quotaValue: '20',
    }),
    retryInfo,
  ]),
  'no-free-quota': refusal(429, 'RESOURCE_EXHAUSTED', quota, [
    quotaFailure({
      quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
      quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
    }),
    retryInfo,
  ]),
  'quota-of-zero': refusal(429, 'RESOURCE_EXHAUSTED', `${quota}\n* Quota exceeded, limit: 0, model: x`, [
    retryInfo,
  ]),
  'credits-depleted': refusal(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'),
  'billing-disabled': refusal(403, 'PERMISSION_DENIED', 'This API method requires billing.', [
    errorInfo('BILLING_DISABLED'),
  ]),
  unauthorized: {
    strike(response, request) {
      const message = `API key not valid: ${request.headers['x-goog-api-key']}. Please pass a valid API key.`;
      const body = toError(400, 'INVALID_ARGUMENT', message, [errorInfo('API_KEY_INVALID')]);
      response.writeHead(400, json).end(JSON.stringify(body));
    },
  },
  'not-logged-in': refusal(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
  forbidden: refusal(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.'),
  'wrong-country': refusal(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  'model-gone': refusal(404, 'NOT_FOUND', 'models/x is not found for API version v1beta.'),
  'model-shut-down': refusal(400, 'FAILED_PRECONDITION', 'The model x has been shut down. Use y.'),
  'page-404': page(404),
  'too-large': refusal(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
  'bad-picture': refusal(400, 'INVALID_ARGUMENT', 'Unable to process input image. Please retry or report.'),
  'bad-argument': refusal(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.'),
  overloaded: refusal(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
  'unavailable-page': page(503),
  'server-error': { ...refusal(500, 'INTERNAL', 'An internal error has occurred.'), billed: true },
  deadline: { ...refusal(504, 'DEADLINE_EXCEEDED', 'Deadline expired.'), billed: true },
  'bad-gateway': page(502),
  'list-of-errors': {
    strike: (response) =>
      response
        .writeHead(429, json)
        .end(`[${JSON.stringify(toError(429, 'RESOURCE_EXHAUSTED', quota, [retryInfo]))}]`),
  },
  'huge-error': {
    strike(response) {
      response.writeHead(400, json);
      flood(response, '{"error":{"message":"', 'x'.repeat(65_536));
    },
  },
  moderation: answer(
    '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":9}}',
  ),
  redirect: {
    strike: (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/v1beta/models' }).end(),
  },
  'reset-mid-upload': {
    early: true,
    strike: (_response, request) => request.once('data', () => request.socket.resetAndDestroy()),
  },
  'reset-before-headers': { billed: true, strike: (response) => response.socket?.resetAndDestroy() },
  silent: { billed: true, strike: () => {} },
  cut: {
    billed: true,
    strike(response, _request, text) {
      response.writeHead(200, { ...json, 'content-length': text.length }).write(halfOf(text));
      reset(response);
    },
  },
  unparsable: {
    billed: true,
    strike: (response, _request, text) => response.writeHead(200, json).end(`${halfOf(text)}\u0000`),
  },
  'no-candidates': answer('{"modelVersion":"x"}'),
  'not-an-object': answer('"ok"'),
  'page-200': answer(html),
  'no-picture-in-it': answer(
    '{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"SGVsbG8="}}]},"finishReason":"STOP"}]}',
  ),
  'error-in-200': answer(JSON.stringify(toError(500, 'INTERNAL', 'It failed.'))),
  'list-of-errors-in-200': answer(`[${JSON.stringify(toError(503, 'UNAVAILABLE', 'Overloaded.'))}]`),
  endless: {
    billed: true,
    strike(response) {
      response.writeHead(200, json);
      flood(response, '{"candidates":[{"content":{"parts":[{"text":"', 'A'.repeat(65_536));
    },
  },
  stalled: {
    billed: true,
    strike: (response, _request, text) => response.writeHead(200, json).write(halfOf(text)),
  },
  gzip: {
    billed: true,
    strike: (response, _request, text) =>
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(text)),
  },
  'stream-cut': {
    billed: true,
    strike(response) {
      response.writeHead(200, events).write('data: {"candidates":[{"content":{"parts":[{"inlineData"');
      reset(response);
    },
  },
  'stream-cut-after-picture': {
    billed: true,
    strike(response, _request, text) {
      response.writeHead(200, events).write(`data: ${text}\n\ndata: {"candid`);
      reset(response);
    },
  },
  'stream-without-end': stream(
    'data: {"candidates":[{"content":{"parts":[{"text":"I am going to"}],"role":"model"}}]}\n\n',
  ),
  'stream-error': stream(
    `data: ${JSON.stringify(toError(429, 'RESOURCE_EXHAUSTED', quota, [retryInfo]))}\n\n`,
  ),
  'stream-list-of-errors': stream(
    `data: [${JSON.stringify(toError(400, 'INVALID_ARGUMENT', 'The prompt is no good.'))}]\n\n`,
  ),
  'stream-error-late': stream(
    'data: {"candidates":[{"content":{"parts":[{"text":"I am"}],"role":"model"}}]}\r\n\r\n' +
      `data: ${JSON.stringify(toError(429, 'RESOURCE_EXHAUSTED', `${quota} ${'x'.repeat(2_000)}`))}\r\n\r\n`,
  ),
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

function flood(response: ServerResponse, start: string, piece: string): void {
  response.write(start);
  const push = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', push);
  push();
}
