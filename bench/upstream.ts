import { createServer } from 'node:http';
import { createVendorReply } from './payload.ts';

/** The vendor of this bench: throws away what it gets and answers with a picture it made before. */
export type UpstreamOrder = { order: 'listen'; delayMs: number } | { order: 'report' };

export interface UpstreamReport {
  port: number;
  /** Since the last report. */
  requests: number;
  bytes: number;
  mostAtOnce: number;
}

const { body } = createVendorReply();
let delayMs = 0;
let atOnce = 0;
let report = { requests: 0, bytes: 0, mostAtOnce: 0 };

const server = createServer((request, response) => {
  atOnce += 1;
  report.mostAtOnce = Math.max(report.mostAtOnce, atOnce);
  response.on('close', () => {
    atOnce -= 1;
  });
  request.on('data', (piece: Buffer) => {
    report.bytes += piece.length;
  });
  request.on('end', () => {
    report.requests += 1;
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs);
  });
  function answer(): void {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': body.length,
      'x-request-id': 'req_bench',
    });
    response.end(body);
  }
});
// The proxies decide how long they keep a connection.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;

process.on('message', (message: UpstreamOrder) => {
  if (message.order === 'report') return send();
  delayMs = message.delayMs;
  if (server.listening) return send();
  server.listen(0, '127.0.0.1', 4096, send);
});
process.on('SIGTERM', () => process.exit());

function send(): void {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  process.send?.({ port, ...report } satisfies UpstreamReport);
  report = { requests: 0, bytes: 0, mostAtOnce: atOnce };
}
