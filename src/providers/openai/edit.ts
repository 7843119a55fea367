import type { EditCall, EditOutcome } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { Config } from '../../core/setting.ts';
import type { Answer } from '../exchange.ts';
import type { MultipartBody } from '../multipart.ts';
import { createRedact } from '../redact.ts';
import type { Transport } from '../transport.ts';
import { TransportFault } from '../transport-fault.ts';
import { toUpstreamError } from '../upstream-error.ts';
import { fromAnswer } from './answer.ts';
import type { openaiSettings } from './config.ts';
import { readRefusal } from './errors.ts';
import { toRequest } from './request.ts';
import { fromStream } from './stream.ts';

const maxIdCharacters = 200;

export interface OpenaiParts {
  config: Config<typeof openaiSettings>;
  transport: Transport;
}

/** One edit: one request, one answer. */
export function createEdit({ config, transport }: OpenaiParts) {
  const redact = createRedact([config.openaiApiKey, config.openaiOrganization, config.openaiProject]);

  async function send(body: MultipartBody, signal: AbortSignal): Promise<Answer> {
    const url = `${config.openaiBaseUrl}/images/edits`;
    const headers = { ...toHeaders(config), 'content-type': body.contentType };
    return transport.send({ method: 'POST', url, headers, body, signal });
  }

  async function fromUpstream(answer: Answer, call: EditCall): Promise<EditOutcome> {
    const id = answer.headers['x-request-id'];
    if (id !== undefined) call.onUpstreamId(id.slice(0, maxIdCharacters));
    if (answer.status < 200 || answer.status > 299) throw await readRefusal(answer, redact);
    const isStream = answer.headers['content-type']?.startsWith('text/event-stream');
    const outcome = await (isStream ? fromStream : fromAnswer)(answer.pieces, call, redact);
    if (!isStream) await emitAll(outcome, call);
    return outcome;
  }

  return async function edit(call: EditCall, signal: AbortSignal): Promise<EditOutcome> {
    if (config.openaiApiKey === undefined) throw notConfigured();
    try {
      const body = await toRequest(call);
      if (signal.aborted) throw new TransportFault('not-sent', 'the call was cancelled', signal.reason);
      await call.beforeDispatch();
      return await fromUpstream(await send(body, signal), call);
    } catch (error) {
      throw toUpstreamError(error, 'OpenAI');
    }
  };
}

/** A caller that streams gets its events, also where the vendor answered in one piece. */
async function emitAll({ images, facts, createdAt, usage }: EditOutcome, { emit }: EditCall): Promise<void> {
  for (const [index, image] of images.entries()) {
    // The usage is that of the whole call: it is told once, with the last picture.
    const isLast = index === images.length - 1;
    await emit?.({ type: 'completed', image, facts, createdAt, ...(isLast && usage && { usage }) });
  }
}

function toHeaders(config: Config<typeof openaiSettings>): Record<string, string> {
  const { openaiApiKey, openaiOrganization, openaiProject } = config;
  return {
    authorization: `Bearer ${openaiApiKey}`,
    accept: 'application/json, text/event-stream',
    'user-agent': 'retouch',
    ...(openaiOrganization !== undefined && { 'openai-organization': openaiOrganization }),
    ...(openaiProject !== undefined && { 'openai-project': openaiProject }),
  };
}

function notConfigured(): RetouchError {
  return new RetouchError(
    'provider_not_configured',
    'This gateway has no key for OpenAI: set OPENAI_API_KEY. To go on now, use a test key or the model local/retouch.',
  );
}
