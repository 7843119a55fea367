import type { Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
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
    notices: [...toHabitNotices(fields), ...messages.flatMap(toNotices)],
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

/** What chat programs set out of habit, and no picture depends on. */
const habits = ['top_p', 'frequency_penalty', 'presence_penalty'] as const;

function toHabitNotices(fields: ChatFields): readonly Warning[] {
  const told: Warning = {
    param: 'usage',
    message: 'usage.include=false was left out: the usage is always told.',
  };
  const habitual = habits
    .filter((name) => typeof fields[name] === 'number')
    .map((param) => ({
      param,
      message: `${param}=${fields[param]} was left out: this gateway passes no such setting on.`,
    }));
  return fields.usage?.include === false ? [...habitual, told] : habitual;
}

function toNotices({ name, content: said, images }: ChatMessage, index: number): readonly Warning[] {
  const at = `messages[${index}]`;
  const blocks = Array.isArray(said) ? said : [];
  const isLowDetail = (block: ChatBlock): boolean =>
    block.type === 'image_url' && !isText(block.image_url) && block.image_url.detail === 'low';
  const left = [
    ...(name ? [`${at}.name: models are told roles, not names`] : []),
    ...blocks.flatMap((block, position) =>
      isLowDetail(block)
        ? [`${at}.content[${position}].image_url.detail: pictures are sent as they are`]
        : [],
    ),
    ...blocks.flatMap((block, position) => toStrange(`${at}.content[${position}]`, block)),
    ...(images ?? []).flatMap((block, position) => toStrange(`${at}.images[${position}]`, block)),
    ...(images ?? []).flatMap((block, position) =>
      block.partial ? [`${at}.images[${position}]: it is a partial picture of an earlier answer`] : [],
    ),
  ];
  return left.map((what) => ({ param: 'messages', message: `Left out ${what}.` }));
}

/** Metadata of another gateway, which no model here could use. */
function toStrange(at: string, block: object): readonly string[] {
  const metadata = 'provider_metadata' in block ? (block.provider_metadata ?? {}) : {};
  const strange = Object.keys(metadata).filter((key) => key !== 'signature');
  return strange.map((key) => `${at}.provider_metadata.${key.slice(0, 40)}: only signature is known here`);
}
