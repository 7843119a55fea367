import { describe, expect, test } from 'vitest';
import { toChatRequest, toTurn } from '../../test/support/conversation.ts';
import { orError } from '../../test/support/routing.ts';
import type { ChatBody } from './chat-body.ts';
import { toChatEdit } from './chat-edit.ts';

const toEdit = (fields: Partial<ChatBody['fields']> = {}, notices: ChatBody['notices'] = []) =>
  toChatEdit('req_1', { fields: { model: ' m ', ...fields }, notices }, [toTurn('user: go +a')]);

test.each<[string, string[], string[], number]>([
  ['one question', ['user: go +a +b'], ['a', 'b'], 0],
  ['text only', ['user: go'], [], 0],
  ['the newest result first', ['user: go +a', 'assistant: +r', 'user: on +b'], ['r', 'b', 'a'], 1],
  [
    'an older result is as old as the question before it',
    ['user: go +a', 'assistant: +r', 'user: on', 'assistant: +s', 'user: more'],
    ['s', 'r', 'a'],
    2,
  ],
  [
    'a result in words is no result',
    ['user: go +a', 'assistant: +r', 'user: on', 'assistant: no', 'user: more'],
    ['r', 'a'],
    1,
  ],
  ['pictures of the system are older', ['system: s +logo', 'user: go +a'], ['a', 'logo'], 1],
  [
    'without anything newer, the newest of the older',
    ['user: +a', 'user: +b +c', 'user: go'],
    ['b', 'c', 'a'],
    1,
  ],
  ['the answer that a program began', ['user: go +a', 'assistant: Here +r'], ['r', 'a'], 0],
])('%s: %j', (_name, lines, names, olderImages) => {
  const { images, conversation } = toChatRequest(...lines);
  expect(images.map(({ name }) => name)).toEqual(names);
  expect(conversation).toEqual({ turns: lines.map(toTurn).map(() => expect.anything()), olderImages });
});

test('the prompt is the last question, its texts in order, to the byte', () => {
  const turns = [
    toTurn('user: first'),
    {
      role: 'user' as const,
      parts: [
        { type: 'text' as const, text: ' a ' },
        { type: 'text' as const, text: '\nb' },
      ],
    },
    toTurn('assistant: words'),
  ];
  expect(toChatEdit('req_1', { fields: { model: 'm' }, notices: [] }, turns).prompt).toBe(' a \n\nb');
});

test.each<[Partial<ChatBody['fields']>, object]>([
  [{}, {}],
  [
    { n: 2, temperature: 0, seed: 7, user: 'u', safety_identifier: 's' },
    { n: 2, temperature: 0, seed: 7, user: 'u', safety_identifier: 's' },
  ],
  [{ n: null, seed: null, image_config: null, aspectRatio: null }, {}],
  [{ aspectRatio: '3:2' }, { aspect_ratio: '3:2' }],
  [{ image_config: { aspect_ratio: '3:2' } }, { aspect_ratio: '3:2' }],
  [{ image_config: { aspect_ratio: '3:2' }, aspectRatio: '3:2' }, { aspect_ratio: '3:2' }],
  [
    {
      image_config: {
        image_size: '2K',
        size: null,
        quality: 'high',
        background: 'opaque',
        output_format: 'webp',
        output_compression: 0,
        input_fidelity: 'low',
        moderation: 'low',
        partial_images: 2,
      },
    },
    {
      image_size: '2K',
      quality: 'high',
      background: 'opaque',
      output_format: 'webp',
      output_compression: 0,
      input_fidelity: 'low',
      moderation: 'low',
      partial_images: 2,
    },
  ],
  [{ modalities: ['text', 'image'] }, { modalities: 'image+text' }],
  [{ modalities: ['image', 'image'] }, { modalities: 'image' }],
  [{ max_tokens: 5 }, { max_tokens: 5 }],
  [{ max_completion_tokens: 6 }, { max_tokens: 6 }],
  [{ max_completion_tokens: 6, max_tokens: 6 }, { max_tokens: 6 }],
])('%j is asked for as %j', (fields, parameters) => {
  expect(toEdit(fields).parameters).toEqual(parameters);
});

test('the rest of the request', () => {
  expect(toEdit()).toMatchObject({
    id: 'req_1',
    model: 'm',
    stream: false,
    tags: [],
    routing: { models: [], allowFallbacks: true, requireParameters: false },
  });
  expect(toEdit()).not.toHaveProperty('notices');
  const notices = [{ param: 'top_p', message: 'left out' }];
  const provider = { order: ['x'], allow_fallbacks: false, require_parameters: true };
  expect(toEdit({ stream: true, tags: ['t'], models: ['n'], provider }, notices)).toMatchObject({
    stream: true,
    tags: ['t'],
    notices,
    routing: { models: ['n'], order: ['x'], allowFallbacks: false, requireParameters: true },
  });
});

describe('refusals', () => {
  test.each<[Partial<ChatBody['fields']>, string, string]>([
    [
      { aspectRatio: '3:2', image_config: { aspect_ratio: '1:1' } },
      'aspectRatio',
      `'aspectRatio' is "3:2" and 'image_config.aspect_ratio' is "1:1"; send one of them.`,
    ],
    [
      { max_tokens: 5, max_completion_tokens: 6 },
      'max_tokens',
      "'max_tokens' is 5 and 'max_completion_tokens' is 6; send one of them.",
    ],
  ])('%j', (fields, param, message) => {
    expect(orError(() => toEdit(fields))).toEqual({ code: 'invalid_value', param, message });
  });

  test.each<[string[], string]>([
    [['user: blue', 'user: +a'], 'blue'],
    [['user: +a', 'assistant: +b', 'user: red', 'user: +c'], 'red'],
    [['user: blue', 'user: red +a'], 'red'],
  ])('%j: the prompt is %j', (lines, prompt) => {
    expect(toChatRequest(...lines).prompt).toBe(prompt);
  });

  test.each<[string[], string]>([
    [['user: +a'], 'missing_required_parameter'],
    [['user: go', 'user:   '], 'missing_required_parameter'],
    [['system: go', 'assistant: go'], 'missing_required_parameter'],
    [[`user: ${'x'.repeat(32_001)}`], 'string_above_max_length'],
  ])('no fit prompt in %#', (lines, code) => {
    expect(orError(() => toChatRequest(...lines))).toMatchObject({ code, param: 'messages' });
  });

  test('an emoji is one character of a prompt', () => {
    expect(toChatRequest(`user: ${'🎨'.repeat(32_000)}`).prompt).toHaveLength(64_000);
  });

  test('no model', () => {
    expect(orError(() => toEdit({ model: ' ' }))).toMatchObject({
      code: 'missing_required_parameter',
      param: 'model',
    });
  });
});
