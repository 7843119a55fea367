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

type Headers = Record<string, string | number>;

const refusal = (
  status: number,
  type: string,
  code: string | null,
  message: string,
  headers: Headers = {},
): Fault => ({
  strike: (response) => sendJson(response, status, { message, type, param: null, code }, headers),
});

function sendJson(response: ServerResponse, status: number, error: object, headers: Headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error }));
}

const html = '<html><head><title>Bad gateway</title></head><body>nginx</body></html>';
const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream' };
const halfOf = (text: string): string => text.slice(0, text.length / 2);
/** Later, so that what was written before is on its way. */
const reset = (response: ServerResponse): void => {
  setTimeout(() => response.socket?.resetAndDestroy(), 20);
};

const orgNote = 'in organization org-AbCdEf123456 on images per minute';

/** Each row of the retry table (reliability 4), and some more. */
export const faults = {
  'rate-limited': refusal(429, 'requests', 'rate_limit_exceeded', `Rate limit reached ${orgNote}.`, {
    'retry-after': 7,
  }),
  'out-of-quota': refusal(
    429,
    'insufficient_quota',
    'insufficient_quota',
    'You exceeded your current quota.',
  ),
  'billing-limit': refusal(
    400,
    'invalid_request_error',
    'billing_hard_limit_reached',
    'Billing hard limit has been reached',
  ),
  unauthorized: {
    strike(response, request) {
      const message = `Incorrect API key provided: ${request.headers.authorization?.slice(7)}. Find yours at https://platform.openai.com.`;
      const code = 'invalid_api_key';
      sendJson(response, 401, { message, type: 'invalid_request_error', param: null, code });
    },
  },
  forbidden: refusal(
    403,
    'invalid_request_error',
    null,
    'Your organization must be verified to use the model `gpt-image-2`.',
  ),
  moderation: {
    strike: (response) =>
      sendJson(response, 400, {
        message: 'Your request was rejected by the safety system. safety_violations=[violence].',
        type: 'image_generation_user_error',
        param: null,
        code: 'moderation_blocked',
        moderation_details: { moderation_stage: 'output', categories: ['violence'] },
      }),
  },
  'user-error': refusal(400, 'image_generation_user_error', null, 'The image could not be generated.'),
  'too-large': refusal(413, 'invalid_request_error', null, 'Maximum content size limit exceeded.'),
  'unsupported-media': refusal(
    415,
    'invalid_request_error',
    'unsupported_content_type',
    'Unsupported content type.',
  ),
  unprocessable: {
    strike: (response) =>
      response.writeHead(422, json).end('{"detail":[{"loc":["body","image"],"msg":"Field required"}]}'),
  },
  'credit-exhausted': refusal(
    429,
    'insufficient_quota',
    'credit_balance_exhausted',
    'Your credit balance is exhausted.',
  ),
  'project-spent': refusal(
    429,
    'insufficient_quota',
    'project_spend_limit_exceeded',
    'The project has reached its limit.',
  ),
  'model-gone': refusal(404, 'invalid_request_error', 'model_not_found', 'The model does not exist.'),
  overloaded: refusal(503, 'server_error', null, 'The engine is currently overloaded.', { 'retry-after': 1 }),
  'unavailable-page': {
    billed: true,
    strike: (response) => response.writeHead(503, { 'content-type': 'text/html' }).end(html),
  },
  'server-error': {
    billed: true,
    strike: (response) =>
      sendJson(response, 500, { message: 'The server had an error.', type: 'server_error' }),
  },
  'bad-gateway': {
    billed: true,
    strike: (response) => response.writeHead(502, { 'content-type': 'text/html' }).end(html),
  },
  'gateway-timeout': { billed: true, strike: (response) => response.writeHead(504).end() },
  'huge-error': {
    strike(response) {
      response.writeHead(400, json);
      flood(response, '{"error":{"message":"', 'x'.repeat(65_536));
    },
  },
  redirect: {
    strike: (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/v1/images/edits' }).end(),
  },
  'reset-mid-upload': {
    early: true,
    strike: (_response, request) => request.once('data', () => request.socket.resetAndDestroy()),
  },
  'reset-before-headers': { billed: true, strike: (response) => response.socket?.resetAndDestroy() },
  silent: { billed: true, strike: () => {} },
  cut: {
    billed: true,
    strike(response, _request, answer) {
      response.writeHead(200, { ...json, 'content-length': answer.length }).write(halfOf(answer));
      reset(response);
    },
  },
  unparsable: {
    billed: true,
    strike: (response, _request, answer) => response.writeHead(200, json).end(`${halfOf(answer)}\u0000`),
  },
  'not-an-object': { billed: true, strike: (response) => response.writeHead(200, json).end('[]') },
  'no-image': {
    billed: true,
    strike: (response) => response.writeHead(200, json).end('{"created":1,"data":[]}'),
  },
  'link-instead': {
    billed: true,
    strike: (response) =>
      response.writeHead(200, json).end('{"created":1,"data":[{"url":"http://169.254.169.254/"}]}'),
  },
  'error-in-200': {
    billed: true,
    strike: (response) =>
      response
        .writeHead(200, json)
        .end('{"error":{"message":"It failed.","type":"server_error","code":null}}'),
  },
  endless: {
    billed: true,
    strike(response) {
      response.writeHead(200, json);
      flood(response, '{"data":[{"b64_json":"', 'A'.repeat(65_536));
    },
  },
  drip: {
    billed: true,
    strike(response) {
      response.writeHead(200, json).write('{"data":[');
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
  },
  stalled: {
    billed: true,
    strike: (response, _request, answer) => response.writeHead(200, json).write(halfOf(answer)),
  },
  gzip: {
    billed: true,
    strike: (response, _request, answer) =>
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(answer)),
  },
  'stream-cut': {
    billed: true,
    strike(response) {
      response
        .writeHead(200, events)
        .write('event: image_edit.partial_image\ndata: {"type":"image_edit.part');
      reset(response);
    },
  },
  'stream-without-end': {
    billed: true,
    strike: (response) => response.writeHead(200, events).end(': bye\n\n'),
  },
  'stream-error': {
    billed: true,
    strike: (response) =>
      response
        .writeHead(200, events)
        .end(
          'event: error\ndata: {"error":{"message":"Rejected by the safety system.","type":"image_generation_user_error","code":"moderation_blocked","param":null}}\n\n',
        ),
  },
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
