import type { Warning } from '../core/edit.ts';
import { toChatRefusal, toExpectation } from './chat-refusal.ts';
import {
  type ChatBlock,
  type ChatFields,
  type ChatMessage,
  type ChatPicture,
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
  if (!result.success) throw toChatRefusal(result.error, outline, Object.keys(chatSchema.shape));
  const { messages, ...fields } = result.data;
  return {
    fields,
    turns: messages.map(toTurn),
    notices: [...toHabitNotices(fields), ...messages.flatMap(toNotices)],
  };
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
  return habits
    .filter((name) => typeof fields[name] === 'number')
    .map((param) => ({
      param,
      message: `${param}=${fields[param]} was left out: no model here has such a setting.`,
    }));
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
    ...(images ?? []).flatMap((block, position) =>
      block.partial ? [`${at}.images[${position}]: it is a partial picture of an earlier answer`] : [],
    ),
  ];
  return left.map((what) => ({ param: 'messages', message: `Left out ${what}.` }));
}
