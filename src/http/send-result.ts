import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { EditResult } from '../engine/index.ts';
import { countBytes, type Pieces } from '../wire/index.ts';
import { toServedHeaders } from './served-headers.ts';
import { dropStalledReader } from './stalled-readers.ts';
import { writePieces } from './write-pieces.ts';

/** Sends a whole answer, its length told before. Resolves when it is out, or the caller has gone. */
export async function sendResult(
  reply: FastifyReply,
  { served, costNanoUsd }: EditResult,
  pieces: Pieces,
): Promise<void> {
  const response = reply.raw;
  if (response.destroyed) return;
  reply.headers({
    ...toServedHeaders(served, costNanoUsd),
    'content-type': 'application/json; charset=utf-8',
    'content-length': countBytes(pieces),
  });
  dropStalledReader(response);
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  // Not as a stream through the framework: that costs a millisecond more for each picture.
  response.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  reply.hijack();
  await writePieces(response, pieces);
  response.end();
  await closed;
}
