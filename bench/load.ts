import { type Connection, openConnection } from './connection.ts';
import { createEditBody, createVendorReply } from './payload.ts';

/** Posts edits over kept connections, one at a time on each, until the time or the number is reached. */
export interface LoadOrder {
  url: string;
  headers: Record<string, string>;
  imageBytes: number;
  imageCount: number;
  connections: number;
  /** No new request after this time. */
  seconds: number;
  /** No more requests than this. */
  requests?: number;
}

export interface LoadReport {
  /** Replies that were right, to the last byte of the picture. */
  replies: number;
  /** Those of them that came within `seconds`. */
  repliesInTime: number;
  seconds: number;
  medianMs: number;
  p99Ms: number;
  /** What was wrong, and how often. */
  failures: Record<string, number>;
}

const { picture } = createVendorReply();
const opening = Buffer.from('"b64_json":"');

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      process.stderr.write(`${error}\n`);
      process.exit(1);
    },
  );
});
process.on('SIGTERM', () => process.exit());

async function run(order: LoadOrder): Promise<LoadReport> {
  const pieces = writeRequest(order);
  const { port, hostname } = new URL(order.url);
  const latenciesMs: number[] = [];
  const failures: Record<string, number> = {};
  const beganAt = performance.now();
  const endsAt = beganAt + order.seconds * 1000;
  let started = 0;
  let repliesInTime = 0;

  async function keepPosting(): Promise<void> {
    let connection: Connection | undefined;
    while (performance.now() < endsAt && started < (order.requests ?? Number.POSITIVE_INFINITY)) {
      started += 1;
      const sentAt = performance.now();
      try {
        connection ??= await openConnection(Number(port), hostname);
        const check = createCheck();
        check.finish(await connection.post(pieces, check.take));
        latenciesMs.push(performance.now() - sentAt);
        if (performance.now() <= endsAt) repliesInTime += 1;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failures[reason] = (failures[reason] ?? 0) + 1;
        connection?.close();
        connection = undefined;
      }
    }
    connection?.close();
  }

  await Promise.all(Array.from({ length: order.connections }, keepPosting));
  latenciesMs.sort((a, b) => a - b);
  return {
    replies: latenciesMs.length,
    repliesInTime,
    seconds: (performance.now() - beganAt) / 1000,
    medianMs: latenciesMs[Math.floor(latenciesMs.length * 0.5)] ?? Number.NaN,
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
    failures,
  };
}

/** The whole request; in one piece where that is no waste of memory. */
function writeRequest(order: LoadOrder): readonly Buffer[] {
  const { pathname, host } = new URL(order.url);
  const body = createEditBody(order.imageBytes, order.imageCount);
  const headers = {
    ...order.headers,
    host,
    'content-type': body.contentType,
    'content-length': String(body.byteLength),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return order.imageCount === 1 ? [Buffer.concat([head, ...body.pieces])] : [head, ...body.pieces];
}

/** Takes a reply in pieces and compares every byte of its picture with what the upstream sent. */
function createCheck(): { take(piece: Buffer): void; finish(status: number): void } {
  let head = Buffer.alloc(0);
  let seen = -1;
  return {
    take(piece) {
      if (seen >= 0) {
        seen += comparePicture(piece, seen);
        return;
      }
      head = Buffer.concat([head, piece]);
      const at = head.indexOf(opening);
      if (at >= 0) seen = comparePicture(head.subarray(at + opening.length), 0);
    },
    finish(status) {
      if (status !== 200) throw new Error(`${status}: ${head.toString('utf8', 0, 300)}`);
      if (seen < picture.length) throw new Error('the picture was cut or is missing');
    },
  };
}

/** How much of the picture `piece` held, from `start` on. */
function comparePicture(piece: Buffer, start: number): number {
  const length = Math.min(piece.length, picture.length - start);
  if (picture.compare(piece, 0, length, start, start + length) !== 0) throw new Error('the picture differs');
  return length;
}
