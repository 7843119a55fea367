import type { FastifyReply } from 'fastify';
import type { EditEvent } from '../core/edit.ts';
import type { RetouchError } from '../core/errors.ts';
import type { Bill, EditJob, EditResult, Served } from '../engine/index.ts';
import { type Pieces, toRetouchError } from '../wire/index.ts';
import { openEventStream } from './event-stream.ts';
import type { RouteParts } from './parts.ts';
import { toServedHeaders } from './served-headers.ts';

/** How a route writes a streamed edit. */
export interface StreamWriter {
  /** Undefined: nothing that its callers are told. */
  toEvent(event: EditEvent, bill: Bill, served: Served): Pieces | undefined;
  toEnd?(result: EditResult): Pieces;
  /** What went wrong once the stream had begun. */
  toFailure(error: RetouchError, served: Served | undefined): Pieces;
}

/** Does the edit, telling the caller as it goes on. @throws what went wrong before the stream had begun */
export async function streamResult(
  { engine, config }: RouteParts,
  job: EditJob,
  reply: FastifyReply,
  writer: StreamWriter,
): Promise<void> {
  let served: Served | undefined;
  const about = { requestId: job.request.id, keepAliveMs: config.keepAliveMs };
  // After a comment another may still take over, so that only the events tell who served.
  const stream = openEventStream(reply.raw, about, () => (served ? toServedHeaders(served) : {}));
  try {
    const result = await engine.edit({
      ...job,
      onServing(serving) {
        served = serving;
        job.onServing?.(serving);
      },
      async onEvent(event, bill) {
        const pieces = served && writer.toEvent(event, bill, served);
        if (pieces) await stream.send(pieces);
      },
    });
    reply.hijack();
    if (writer.toEnd) await stream.send(writer.toEnd(result));
  } catch (fault) {
    if (!stream.started) throw fault;
    reply.hijack();
    await stream.send(writer.toFailure(toRetouchError(fault), served));
  } finally {
    stream.close();
  }
  await stream.end();
}
