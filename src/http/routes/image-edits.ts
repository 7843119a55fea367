import type { RouteHandlerMethod } from 'fastify';
import { toBinary } from '../../core/bytes.ts';
import type { EditOutcome } from '../../core/edit.ts';
import type { EditResult } from '../../engine/index.ts';
import {
  editFieldNames,
  readEditFields,
  toErrorBody,
  toImageEdit,
  toImageEvent,
  toImageResult,
  toImageWarnings,
} from '../../wire/index.ts';
import { checkModel } from '../check-model.ts';
import { handleEdits } from '../edit-handler.ts';
import type { RouteParts } from '../parts.ts';
import { sendResult } from '../send-result.ts';
import { type StreamWriter, streamResult } from '../stream-result.ts';

/** `POST /images/edits`: intake → wire → engine → wire. */
export function imageEdits(parts: RouteParts): RouteHandlerMethod {
  return handleEdits(parts, 'images/edits', async ({ id, arrival, simulate, toJob, reply }) => {
    const body = await arrival.readEdit(editFieldNames, (fields, imageCount) =>
      checkModel(parts.catalog, readEditFields(fields).model, () => imageCount),
    );
    const { request, responseFormat } = toImageEdit(id, body, simulate);
    const job = toJob(request);
    if (request.stream) return streamResult(parts, job, reply, writer);
    const edited = await parts.engine.edit(job);
    const { urls, result } = responseFormat === 'url' ? await toLinks(parts, edited) : { result: edited };
    const { outcome, usage, costNanoUsd, served } = result;
    const { warnings } = served;
    return sendResult(
      reply,
      result,
      toImageResult({ outcome, usage, costNanoUsd, warnings, ...(urls && { urls }) }),
    );
  });
}

const writer: StreamWriter = {
  toEvent: (event, bill, { model, warnings }) =>
    event.type === 'text' ? undefined : toImageEvent(event, { ...bill, model: model.id, warnings }),
  toEnd: ({ outcome }) => toImageWarnings(outcome.warnings),
  toFailure: (error) => [`event: error\ndata: ${JSON.stringify(toErrorBody(error))}\n\n`],
};

/** Pictures that cannot be stored are paid for all the same: then they come as base64, with notice. */
async function toLinks(
  parts: RouteParts,
  result: EditResult,
): Promise<{ urls?: readonly string[]; result: EditResult }> {
  try {
    return { urls: await storeImages(parts, result.outcome), result };
  } catch (cause) {
    parts.log.error({ cause: String(cause) }, 'pictures could not be stored');
    const message = 'The pictures could not be stored for a link; they come as b64_json.';
    const { served } = result;
    const warnings = [...served.warnings, { param: 'response_format', message }];
    return { result: { ...result, served: { ...served, warnings } } };
  }
}

async function storeImages(parts: RouteParts, { images, facts }: EditOutcome): Promise<readonly string[]> {
  const expires = Math.floor(parts.clock() / 1000) + parts.config.resultLifetimeSeconds;
  const urls: string[] = [];
  for (const image of images) {
    const id = await parts.blobs.put(await toBinary(image.content), image.format ?? facts.output_format);
    urls.push(`${parts.baseUrl()}/api/v1${parts.links.create(id, expires)}`);
  }
  return urls;
}
