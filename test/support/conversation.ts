import type { EditRequest, Turn } from '../../src/core/edit.ts';
import { toChatEdit } from '../../src/wire/index.ts';
import { createImage } from './routing.ts';

/** `user: make it blue +cat +hat` → a turn with that text and two pictures of those names. */
export function toTurn(line: string): Turn {
  const [, role = '', words = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
  const names = Array.from(words.matchAll(/\+(\w+)/g), ([, name = '']) => name);
  const text = words.replace(/\s*\+\w+/g, '');
  return {
    role: role as Turn['role'],
    parts: [
      ...(text === '' ? [] : [{ type: 'text', text } as const]),
      ...names.map((name) => ({ type: 'image', image: createImage(64, 48, name) }) as const),
    ],
  };
}

/** The request that a conversation of such lines becomes. */
export function toChatRequest(...lines: string[]): EditRequest {
  return toChatEdit('req_test', { fields: { model: 'vendor/model' }, notices: [] }, lines.map(toTurn));
}
