import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toBinary } from '../../core/bytes.ts';
import type { EditOutcome } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { EditJob, EditResult } from '../../engine/index.ts';
import {
  countBytes,
  editFieldNames,
  type ImageEdit,
  readPieces,
  toErrorBody,
  toImageEdit,
  toImageEvent,
  toImageResult,
  toRetouchError,
} from '../../wire/index.ts';
import { getCaller } from '../callers.ts';
import { openEventStream } from '../event-stream.ts';
import type { RouteParts } from '../parts.ts';
import { toServedHeaders } from '../served-headers.ts';

/** `POST /images/edits`: authenticated before, then intake → wire → engine → wire. */
export function imageEdits(parts: RouteParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { caller, signal } = getCaller(request);
    const arrival = parts.intake.receive({
      id: request.id,
      request: request.raw,
      response: reply.raw,
      signal,
    });
    try {
      const body = await arrival.readEdit(editFieldNames);
      const edit = toImageEdit(request.id, body, readSimulation(request, caller.mode));
      const job: EditJob = {
        request: edit.request,
        caller,
        endpoint: 'images/edits',
        bytesIn: arrival.bytesIn,
        openSpool: arrival.openSpool,
        signal,
      };
      await (edit.request.stream ? streamResult(parts, job, reply) : sendResult(parts, job, edit, reply));
    } finally {
      await arrival.release();
    }
  };
}

async function sendResult(
  parts: RouteParts,
  job: EditJob,
  edit: ImageEdit,
  reply: FastifyReply,
): Promise<void> {
  const result = await parts.engine.edit(job);
  const urls = edit.responseFormat === 'url' ? await storeImages(parts, result.outcome) : undefined;
  const { outcome, usage, costNanoUsd, served } = result;
  const pieces = toImageResult({
    outcome,
    usage,
    costNanoUsd,
    warnings: served.warnings,
    ...(urls && { urls }),
  });
  reply.headers({
    ...toServedHeaders(served, costNanoUsd),
    'content-type': 'application/json; charset=utf-8',
    'content-length': countBytes(pieces),
  });
  if (reply.raw.destroyed) return;
  reply.send(Readable.from(readPieces(pieces)));
  await once(reply.raw, 'close');
}

async function streamResult(parts: RouteParts, job: EditJob, reply: FastifyReply): Promise<void> {
  const stream = openEventStream(reply.raw, parts.config.keepAliveMs);
  stream.setHeaders({ 'x-request-id': job.request.id });
  let served: EditResult['served'] | undefined;
  try {
    await parts.engine.edit({
      ...job,
      onServing(serving) {
        served = serving;
        stream.setHeaders(toServedHeaders(serving));
      },
      async onEvent(event, bill) {
        if (event.type === 'text') return;
        await stream.send(toImageEvent(event, { ...bill, warnings: served?.warnings ?? [] }));
      },
    });
    reply.hijack();
  } catch (fault) {
    if (!stream.started) throw fault;
    reply.hijack();
    const body = JSON.stringify(toErrorBody(toRetouchError(fault)));
    await stream.send([`event: error\ndata: ${body}\n\n`]);
  }
  stream.end();
}

async function storeImages(parts: RouteParts, { images, facts }: EditOutcome): Promise<readonly string[]> {
  const expires = Math.floor(parts.clock() / 1000) + parts.config.resultLifetimeSeconds;
  const urls: string[] = [];
  for (const image of images) {
    const id = await parts.blobs.put(await toBinary(image.content), facts.output_format);
    urls.push(`${parts.baseUrl()}/api/v1${parts.links.create(id, expires)}`);
  }
  return urls;
}

function readSimulation(request: FastifyRequest, mode: 'live' | 'test'): string | undefined {
  const wish = request.headers['retouch-simulate'];
  if (wish === undefined) return undefined;
  if (mode === 'test') return String(wish);
  throw new RetouchError('invalid_value', "'retouch-simulate' works only with a test key (rt_test_...).", {
    param: 'retouch-simulate',
  });
}
