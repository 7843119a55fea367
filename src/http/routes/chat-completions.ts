import type { RouteHandlerMethod } from 'fastify';
import type { EditRequest } from '../../core/edit.ts';
import type { Served } from '../../engine/index.ts';
import { type ChatHead, createChatStream, readChatBody, toChatEdit, toChatResult } from '../../wire/index.ts';
import { countPictures, readTurns } from '../chat-turns.ts';
import { checkModel } from '../check-model.ts';
import { handleEdits } from '../edit-handler.ts';
import type { RouteParts } from '../parts.ts';
import { sendResult } from '../send-result.ts';
import { type StreamWriter, streamResult } from '../stream-result.ts';

/** `POST /chat/completions`: intake → wire → engine → wire. */
export function chatCompletions(parts: RouteParts): RouteHandlerMethod {
  return handleEdits(parts, 'chat/completions', async ({ id, arrival, simulate, toJob, reply }) => {
    const body = readChatBody(await arrival.readJson());
    // A model that takes one instruction gets as many pictures of the conversation as it takes.
    checkModel(parts.catalog, body.fields.model, ({ converses }) =>
      converses ? countPictures(body.turns) : 0,
    );
    const request = toChatEdit(id, body, await readTurns(arrival, body.turns), simulate);
    const job = toJob(request);
    const created = Math.floor(parts.clock() / 1000);
    const toHead = (served?: Served): ChatHead => ({ id, created, model: served?.model.id ?? request.model });
    if (request.stream) {
      const usageApart = body.fields.stream_options?.include_usage ?? false;
      return streamResult(parts, job, reply, createWriter(request, usageApart, toHead));
    }
    const result = await parts.engine.edit(job);
    const { outcome, served } = result;
    return sendResult(reply, result, toChatResult(toHead(served), outcome, result, served.warnings));
  });
}

function createWriter(
  { parameters }: EditRequest,
  usageApart: boolean,
  toHead: (served?: Served) => ChatHead,
): StreamWriter {
  const stream = createChatStream(usageApart);
  const wantsPartial = (parameters.partial_images ?? 0) > 0;
  return {
    toEvent: (event, _bill, served) =>
      event.type === 'partial' && !wantsPartial ? undefined : stream.toChunk(toHead(served), event),
    toEnd: (result) => stream.toEnd(toHead(result.served), result.outcome, result, result.served.warnings),
    toFailure: (error, served) => stream.toFailure(toHead(served), error),
  };
}
