import type { Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import { toChatNotices } from './chat-notices.ts';
import { toChatRefusal, toExpectation } from './chat-refusal.ts';
import {
  type ChatBlock,
  type ChatFields,
  type ChatMessage,
  type ChatPicture,
  chatFieldNames,
  chatSchema,
  isText,
  type TextSource,
} from './chat-schema.ts';

export type ChatPart =
  /** `name` as an error calls it: `messages[0].content[1]`. */
  | { type: 'text'; name: string; text: TextSource; signature?: TextSource }
  /** `url`: `data:` or `https:`. */
  | { type: 'image'; name: string; url: TextSource; signature?: TextSource };

export interface ChatTurn {
  role: 'system' | 'user' | 'assistant';
  parts: readonly ChatPart[];
}

export interface ChatBody {
  fields: ChatFields;
  turns: readonly ChatTurn[];
  /** What was read and is not done. */
  notices: readonly Warning[];
}

/**
 * The outline of `POST /chat/completions` (contract 1.3, 1.8), with its texts and pictures still where they came.
 * @throws RetouchError unknown_parameter, missing_required_parameter, invalid_value
 */
export function readChatBody(outline: unknown): ChatBody {
  const result = chatSchema.safeParse(outline, { error: toExpectation });
  if (!result.success) throw toChatRefusal(result.error, outline, chatFieldNames);
  const { messages, ...fields } = result.data;
  if (fields.stream_options && !fields.stream) throw toUseless();
  return {
    fields,
    turns: messages.map(toTurn),
    notices: toChatNotices(fields, messages),
  };
}

function toUseless(): RetouchError {
  return new RetouchError(
    'invalid_value',
    "'stream_options' says something of a stream only; set 'stream' to true, or leave it out.",
    { param: 'stream_options' },
  );
}

function toTurn({ role, content: said, images, refusal }: ChatMessage, index: number): ChatTurn {
  const at = `messages[${index}]`;
  const blocks = Array.isArray(said)
    ? said.map((block, position) => toPart(`${at}.content[${position}]`, block))
    : [toText(`${at}.content`, said)];
  const results = (images ?? []).flatMap((block, position) =>
    block.partial ? [] : [toImage(`${at}.images[${position}]`, block)],
  );
  const parts = [...blocks, toText(`${at}.refusal`, refusal), ...results].filter(
    (part) => part !== undefined,
  );
  return { role: role === 'developer' ? 'system' : role, parts };
}

function toPart(name: string, block: ChatBlock): ChatPart | undefined {
  if (block.type === 'image_url') return toImage(name, block);
  if (block.type === 'refusal') return toText(name, block.refusal);
  const part = toText(name, block.text);
  return part && { ...part, ...toSignature(block.provider_metadata) };
}

function toText(name: string, said: TextSource | null | undefined): ChatPart | undefined {
  return said === null || said === undefined || said === '' ? undefined : { type: 'text', name, text: said };
}

function toImage(name: string, { image_url: url, provider_metadata: more }: ChatPicture): ChatPart {
  return { type: 'image', name, url: isText(url) ? url : url.url, ...toSignature(more) };
}

function toSignature(value: ChatPicture['provider_metadata']): { signature?: TextSource } {
  const signature = value?.signature ?? undefined;
  return signature === undefined ? {} : { signature };
}
