import type { FastifyReply, FastifyRequest } from 'fastify';
import { RetouchError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { drain } from '../intake/index.ts';
import { toErrorBody, toRetouchError } from '../wire/index.ts';

/** Where a repeat helps and nobody has said when. */
const usualRetryMs = 2_000;

/** Fastify's own complaints about a request, in our words. */
const frameworkFaults = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_content_type',
    message: 'The Content-Type cannot be read; send multipart/form-data or application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'upload_incomplete',
    message: 'The body is not as long as its Content-Length says.',
  },
  FST_ERR_MAX_PARAM_LENGTH: {
    code: 'not_found',
    message: 'A part of the path is longer than any name here.',
  },
  FST_ERR_BAD_URL: {
    code: 'not_found',
    message: 'The path cannot be read: its percent signs encode nothing.',
  },
} as const;

/** Answers with the error, and reads off what the caller is still sending so that it can read the answer. */
export async function sendError(
  fault: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): Promise<void> {
  const error = toRetouchError(translate(fault));
  logFault(error, request, log);
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  const body = JSON.stringify(toErrorBody(error));
  reply.hijack();
  reply.raw.on('error', () => undefined);
  const unread = !request.raw.complete;
  reply.raw.writeHead(error.row.status, {
    ...headersSoFar(reply),
    'x-request-id': request.id,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...toErrorHeaders(error),
    ...(unread && { connection: 'close' }),
  });
  reply.raw.write(body);
  // To close while bytes still arrive would reset the connection, and the caller would never see the answer.
  if (unread) await drain(request.raw);
  reply.raw.end();
}

function toErrorHeaders(error: RetouchError): Record<string, string> {
  const { row } = error;
  const retryAfterMs = error.retryAfterMs ?? (row.retry ? usualRetryMs : undefined);
  return {
    'x-should-retry': String(row.retry),
    ...(retryAfterMs !== undefined && {
      'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
      'retry-after-ms': String(Math.ceil(retryAfterMs)),
    }),
    ...(row.status === 401 && { 'www-authenticate': 'Bearer' }),
  };
}

function headersSoFar(reply: FastifyReply): Record<string, string> {
  const headers = Object.entries(reply.getHeaders()).filter(([name]) => !/^content-/.test(name));
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
}

function translate(fault: unknown): unknown {
  if (fault instanceof RetouchError || !(fault instanceof Error) || !('code' in fault)) return fault;
  const known = frameworkFaults[fault.code as keyof typeof frameworkFaults];
  return known ? new RetouchError(known.code, known.message, { cause: fault }) : fault;
}

function logFault(error: RetouchError, request: FastifyRequest, log: Log): void {
  if (error.row.status < 500) return;
  const fields = { requestId: request.id, code: error.code, cause: describe(error.cause) };
  if (error.code === 'internal_error') log.error(fields, 'request failed');
  else log.warn(fields, error.message);
}

/** A stack for our own faults, a line for what came from outside. */
function describe(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause).slice(0, 500);
}
