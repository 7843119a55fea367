import type { Clock } from '../../core/clock.ts';
import type { EditCall, EditOutcome } from '../../core/edit.ts';
import { countTextTokens, foreseeUsage } from '../tokens.ts';

/** A conversation that asked for words only gets words only. */
export function wantsWords({ request, parameters }: EditCall): boolean {
  return request.conversation !== undefined && parameters.modalities === 'text';
}

/** Answers in words, in the shape and with the usage of the real model; what they say is our own. */
export async function say(call: EditCall, now: Clock): Promise<EditOutcome> {
  const { request, model, parameters, emit } = call;
  const count = parameters.n ?? 1;
  const text = `This is test mode: ${model.id} would answer here in words. Its last question was: ${request.prompt.slice(0, 200)}`;
  for (let answer = 0; answer < count; answer += 1) await emit?.({ type: 'text', text, answer });
  const perCall = foreseeUsage(model, { request, parameters, facts: {}, images: 0 });
  return {
    images: [],
    texts: Array.from({ length: count }, () => text),
    facts: { output_format: 'png' },
    createdAt: Math.floor(now() / 1000),
    ...(perCall && {
      usage: {
        inputTextTokens: count * perCall.inputTextTokens,
        inputImageTokens: count * perCall.inputImageTokens,
        outputImageTokens: 0,
        outputTextTokens: count * countTextTokens(text),
      },
    }),
    warnings: [],
  };
}
