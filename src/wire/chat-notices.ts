import type { Warning } from '../core/edit.ts';
import { type ChatBlock, type ChatFields, type ChatMessage, isText, type TextSource } from './chat-schema.ts';

/** What chat programs set out of habit, and no picture depends on. */
const habits = ['top_p', 'frequency_penalty', 'presence_penalty'] as const;
/** How many places a notice names: a conversation may have thousands of them. */
const maxPlaces = 3;

interface Leftover {
  why: string;
  /** Where a message has it; `at` is the message's own place. */
  find(message: ChatMessage, at: string): readonly string[];
}

const leftovers: readonly Leftover[] = [
  {
    why: 'models are told roles, not names',
    find: ({ name }, at) => (name ? [`${at}.name`] : []),
  },
  {
    why: 'pictures are sent as they are',
    find: ({ content }, at) =>
      findInBlocks(content, `${at}.content`, (block) => (isLowDetail(block) ? ['.image_url.detail'] : [])),
  },
  {
    // Of another gateway, which no model here could use.
    why: 'only signature is known here',
    find: ({ content, images }, at) => [
      ...findInBlocks(content, `${at}.content`, toStrangeKeys),
      ...findInBlocks(images, `${at}.images`, toStrangeKeys),
    ],
  },
  {
    why: 'partial pictures of earlier answers are not sent on',
    find: ({ images }, at) => findInBlocks(images, `${at}.images`, ({ partial }) => (partial ? [''] : [])),
  },
];

/** What was read and is not done: one notice for each kind of it. */
export function toChatNotices(fields: ChatFields, messages: readonly ChatMessage[]): readonly Warning[] {
  const left = leftovers.flatMap(({ why, find }): Warning[] => {
    const places = messages.flatMap((message, index) => find(message, `messages[${index}]`));
    if (places.length === 0) return [];
    return [{ param: 'messages', message: `Left out ${toList(places)}: ${why}.` }];
  });
  return [...toHabitNotices(fields), ...left];
}

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

function toList(places: readonly string[]): string {
  const named = places.slice(0, maxPlaces).join(', ');
  return places.length > maxPlaces ? `${named} and ${places.length - maxPlaces} more` : named;
}

function findInBlocks<T>(
  blocks: T[] | TextSource | null | undefined,
  at: string,
  find: (block: T) => readonly string[],
): readonly string[] {
  if (!Array.isArray(blocks)) return [];
  return blocks.flatMap((block, index) => find(block).map((inner) => `${at}[${index}]${inner}`));
}

function isLowDetail(block: ChatBlock): boolean {
  return block.type === 'image_url' && !isText(block.image_url) && block.image_url.detail === 'low';
}

function toStrangeKeys(block: object): readonly string[] {
  const metadata = 'provider_metadata' in block ? (block.provider_metadata ?? {}) : {};
  const strange = Object.keys(metadata).filter((key) => key !== 'signature');
  return strange.map((key) => `.provider_metadata.${key.slice(0, 40)}`);
}
