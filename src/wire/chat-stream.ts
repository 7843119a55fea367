import type { AnswerEnding, EditEvent, EditOutcome, Warning } from '../core/edit.ts';
import type { RetouchError } from '../core/errors.ts';
import {
  type ChatBill,
  type ChatHead,
  toAnswers,
  toChatUsage,
  toFinish,
  toHead,
  toImageBlock,
} from './chat-result.ts';
import { toErrorBody } from './error.ts';
import { type Pieces, toPieces } from './pieces.ts';

/** Writes one streamed chat answer, chunk by chunk. */
export interface ChatStream {
  /** A picture comes whole, in one chunk. */
  toChunk(head: ChatHead, event: EditEvent): Pieces;
  /** Why it ended, what it used, and that it is over. */
  toEnd(head: ChatHead, outcome: EditOutcome, bill: ChatBill, warnings: readonly Warning[]): Pieces;
  /** What went wrong after the start, as OpenRouter says it (contract 1.8), and that it is over. */
  toFailure(head: ChatHead, error: RetouchError): Pieces;
}

const over = 'data: [DONE]\n\n';

/**
 * @param usageApart whether the caller wants a chunk without choices for the usage, as OpenAI's `include_usage`
 * makes one; else it comes with the last choice, since programs that did not ask for it look for `choices[0]`
 */
export function createChatStream(usageApart: boolean): ChatStream {
  /** How many pictures each answer has got; those that have begun are in here. */
  const pictures = new Map<number, number>();
  let completed = 0;

  const toChoice = (index: number, delta: object, finish_reason: string | null): object => {
    // Some programs join the roles of all chunks into one text.
    const role = pictures.has(index) ? {} : { role: 'assistant' };
    pictures.set(index, pictures.get(index) ?? 0);
    return { index, delta: { ...role, ...delta }, logprobs: null, finish_reason };
  };

  return {
    toChunk(head, event) {
      // Where the model gives one picture an answer, each picture is one.
      const answer = event.type === 'text' ? event.answer : (event.image.answer ?? completed);
      const position = pictures.get(answer) ?? 0;
      const choice = toChoice(answer, toDelta(event, position), null);
      if (event.type === 'completed') {
        completed += 1;
        pictures.set(answer, position + 1);
      }
      return toData({ ...toHead(head, 'chat.completion.chunk'), choices: [choice] });
    },
    toEnd(head, outcome, { usage, costNanoUsd }, warnings) {
      const chunk = toHead(head, 'chat.completion.chunk');
      const choices = toAnswers(outcome).map((_, index) => toChoice(index, {}, toFinish(outcome, index)));
      const told = {
        ...(usage && { usage: toChatUsage(usage, costNanoUsd) }),
        ...(warnings.length > 0 && { warnings }),
      };
      if (!usageApart) return [...toData({ ...chunk, choices, ...told }), over];
      return [...toData({ ...chunk, choices }), ...toData({ ...chunk, choices: [], ...told }), over];
    },
    toFailure(head, error) {
      const ending: AnswerEnding = error.code === 'moderation_blocked' ? 'content_filter' : 'error';
      const begun = pictures.size === 0 ? [0] : [...pictures.keys()];
      const choices = begun.map((answer) => toChoice(answer, {}, ending));
      return [...toData({ ...toHead(head, 'chat.completion.chunk'), choices, ...toErrorBody(error) }), over];
    },
  };
}

function toDelta(event: EditEvent, position: number): object {
  if (event.type === 'text') return { content: event.text };
  const { image, facts } = event;
  const partial = event.type === 'partial' && { partial: true, partial_image_index: event.index };
  return { content: '', images: [{ ...toImageBlock(image, position, facts.output_format), ...partial }] };
}

function toData(value: object): Pieces {
  return ['data: ', ...toPieces(value), '\n\n'];
}
