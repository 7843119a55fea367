import type { EditCall, EditOutcome } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { Config } from '../../core/setting.ts';
import { createRedact } from '../redact.ts';
import type { Transport } from '../transport.ts';
import { TransportFault } from '../transport-fault.ts';
import { toUpstreamError } from '../upstream-error.ts';
import { askForAnswers } from './answers.ts';
import type { googleSettings } from './config.ts';
import { readRefusal, vendor } from './errors.ts';
import { toFailure } from './outcome.ts';
import { type Reply, readReply } from './reply.ts';
import { toRequest } from './request.ts';

export interface GoogleParts {
  config: Config<typeof googleSettings>;
  transport: Transport;
}

/** One edit: as many requests as answers are wanted. */
export function createEdit({ config, transport }: GoogleParts) {
  const { geminiApiKey, geminiBaseUrl } = config;
  const redact = createRedact([geminiApiKey]);

  async function ask(
    key: string,
    call: EditCall,
    signal: AbortSignal,
    reply: Reply,
    onText: (text: string) => Promise<void>,
  ): Promise<void> {
    const { model, emit } = call;
    try {
      const body = toRequest(call);
      if (signal.aborted) throw new TransportFault('not-sent', 'the call was cancelled', signal.reason);
      await call.beforeDispatch();
      const method = emit ? 'streamGenerateContent?alt=sse' : 'generateContent';
      const url = `${geminiBaseUrl}/models/${encodeURIComponent(model.upstreamId)}:${method}`;
      const answer = await transport.send({ method: 'POST', url, headers: toHeaders(key), body, signal });
      const isDone = answer.status >= 200 && answer.status <= 299;
      if (!isDone) throw await readRefusal(answer, model, redact);
      await readReply(reply, answer, { call, redact, onText });
    } catch (error) {
      throw toUpstreamError(error, vendor);
    }
  }

  return async function edit(call: EditCall, signal: AbortSignal): Promise<EditOutcome> {
    if (geminiApiKey === undefined) throw notConfigured();
    return askForAnswers(call, {
      totalTimeoutMs: transport.totalTimeoutMs,
      ask: (nth, deadline, ...rest) => ask(geminiApiKey, nth, AbortSignal.any([signal, deadline]), ...rest),
      toFailure: (reply) => toFailure(reply, call, redact),
    });
  };
}

function toHeaders(key: string): Record<string, string> {
  return {
    // Never in the query, which is written to logs on the way.
    'x-goog-api-key': key,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'user-agent': 'retouch',
  };
}

function notConfigured(): RetouchError {
  return new RetouchError(
    'provider_not_configured',
    `This gateway has no key for ${vendor}: set GEMINI_API_KEY. To go on now, use a test key or the model local/retouch.`,
  );
}
