import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { RetouchError } from '../core/errors.ts';
import { toErrorBody } from '../wire/index.ts';
import { createRequestId } from './request-id.ts';

export interface BrokenRequests {
  /** Remembers which answer is under way on a connection. */
  watch(answer: ServerResponse): void;
  /** Answers in HTTP what is not HTTP, unless that would land in the middle of another answer, or take its place. */
  refuse(error: Error & { code?: string }, socket: Socket): void;
}

export function createBrokenRequests(): BrokenRequests {
  const answers = new WeakMap<Socket, ServerResponse>();
  return {
    watch: (answer) => void answers.set(answer.req.socket, answer),
    refuse({ code }, socket) {
      const answer = answers.get(socket);
      const isAnswering = answer !== undefined && !answer.writableFinished;
      // What follows a whole request is no reason to lose its answer, which may be paid for.
      if (isAnswering && answer.req.complete && socket.writable && code !== 'ECONNRESET') {
        answer.shouldKeepAlive = false;
        answer.once('finish', () => socket.end());
        return;
      }
      // Nobody asks for a second answer to the same request.
      const isAnswered = answer?.headersSent && (isAnswering || !answer.req.complete);
      if (code === 'ECONNRESET' || !socket.writable || isAnswered) {
        socket.destroy();
        return;
      }
      socket.end(toAnswer(toError(code)));
    },
  };
}

/** Of a second one Node would say nothing: it keeps the first. */
const singleHeaders = ['Host', 'Authorization'];

/** What Node leaves to us. @throws RetouchError invalid_http */
export function checkHeaders({ rawHeaders, headers, httpVersion }: IncomingMessage): void {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const repeated = singleHeaders.find(
    (name) => names.indexOf(name.toLowerCase()) !== names.lastIndexOf(name.toLowerCase()),
  );
  if (repeated) throw new RetouchError('invalid_http', `The request has more than one ${repeated} header.`);
  if (headers.host === undefined && httpVersion === '1.1') {
    throw new RetouchError('invalid_http', 'The request has no Host header.');
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    throw new RetouchError('invalid_http', 'Of the header Expect only 100-continue is understood.');
  }
}

function toAnswer(error: RetouchError): string {
  const { status, retry } = error.row;
  const body = JSON.stringify(toErrorBody(error));
  const headers = [
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${createRequestId()}`,
    `x-should-retry: ${retry}`,
    'connection: close',
  ];
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

function toError(code: string | undefined): RetouchError {
  if (code === 'HPE_INVALID_EOF_STATE')
    return new RetouchError('upload_incomplete', 'The connection ended before the request did.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new RetouchError('upload_too_slow', 'The headers of the request came in too slowly.');
  return new RetouchError('invalid_http', 'The request is not valid HTTP, or its headers are too large.');
}
