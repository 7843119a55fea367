import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { EditResult } from '../engine/index.ts';
import { countBytes, type Pieces, readPieces } from '../wire/index.ts';
import { toServedHeaders } from './served-headers.ts';
import { dropStalledReader } from './stalled-readers.ts';

/** Sends a whole answer, its length told before. Resolves when it is out, or the caller has gone. */
export async function sendResult(
  reply: FastifyReply,
  { served, costNanoUsd }: EditResult,
  pieces: Pieces,
): Promise<void> {
  reply.headers({
    ...toServedHeaders(served, costNanoUsd),
    'content-type': 'application/json; charset=utf-8',
    'content-length': countBytes(pieces),
  });
  if (reply.raw.destroyed) return;
  dropStalledReader(reply.raw);
  reply.send(Readable.from(readPieces(pieces)));
  await once(reply.raw, 'close');
}
