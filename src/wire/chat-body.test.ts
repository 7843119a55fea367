import { describe, expect, test } from 'vitest';
import { orError } from '../../test/support/routing.ts';
import { createJsonOutline, type JsonValue, LongText } from '../core/json-outline.ts';
import { type ChatPart, readChatBody } from './chat-body.ts';

/** As a body comes in: objects without a prototype, long texts where they stand. */
function toOutline(body: unknown): JsonValue {
  const outline = createJsonOutline();
  outline.write(Buffer.from(JSON.stringify(body)));
  return outline.end();
}

const read = (body: object) =>
  readChatBody(toOutline({ model: 'm', messages: [{ role: 'user', content: 'go' }], ...body }));
const partsOf = (...messages: object[]) => read({ messages }).turns.map(({ parts }) => parts);
const url = 'data:image/png;base64,AAAA';
const long = 'x'.repeat(2_000);
const block = { type: 'image_url', image_url: { url } };
const strange = { ...block, provider_metadata: { k0: 1, k1: 1, ['k'.repeat(900)]: 1, signature: 's' } };

describe('parts of a message', () => {
  test.each<[string, object, ChatPart[]]>([
    ['text', { content: 'go' }, [{ type: 'text', name: 'messages[0].content', text: 'go' }]],
    [
      'blocks',
      { content: [{ type: 'text', text: 'a' }, block, { type: 'text', text: 'b' }] },
      [
        { type: 'text', name: 'messages[0].content[0]', text: 'a' },
        { type: 'image', name: 'messages[0].content[1]', url },
        { type: 'text', name: 'messages[0].content[2]', text: 'b' },
      ],
    ],
    [
      'a link that is no object',
      { content: [{ type: 'image_url', image_url: url }] },
      [{ type: 'image', name: 'messages[0].content[0]', url }],
    ],
    [
      'pictures beside the text',
      { content: 'go', images: [{ image_url: { url } }, block] },
      [
        { type: 'text', name: 'messages[0].content', text: 'go' },
        { type: 'image', name: 'messages[0].images[0]', url },
        { type: 'image', name: 'messages[0].images[1]', url },
      ],
    ],
    [
      'signatures',
      {
        content: [{ type: 'text', text: 'a', provider_metadata: { signature: 's' } }],
        images: [{ ...block, index: 3, provider_metadata: { signature: 't', other: {} } }],
      },
      [
        { type: 'text', name: 'messages[0].content[0]', text: 'a', signature: 's' },
        { type: 'image', name: 'messages[0].images[0]', url, signature: 't' },
      ],
    ],
    [
      'no signature',
      {
        content: [
          { ...block, provider_metadata: { signature: null } },
          { ...block, provider_metadata: null },
        ],
      },
      [
        { type: 'image', name: 'messages[0].content[0]', url },
        { type: 'image', name: 'messages[0].content[1]', url },
      ],
    ],
    ['nothing', { content: null, images: null }, []],
    ['empty texts', { content: '', refusal: '' }, []],
    ['empty blocks', { content: [{ type: 'text', text: '' }], images: [] }, []],
    ['no content', {}, []],
    [
      'refusals, of both kinds',
      { content: [{ type: 'refusal', refusal: 'I will not.' }], refusal: 'No.' },
      [
        { type: 'text', name: 'messages[0].content[0]', text: 'I will not.' },
        { type: 'text', name: 'messages[0].refusal', text: 'No.' },
      ],
    ],
    [
      'a partial picture of ours',
      {
        content: 'x',
        images: [
          { ...block, partial: true, partial_image_index: 0 },
          { ...block, partial: false },
        ],
      },
      [
        { type: 'text', name: 'messages[0].content', text: 'x' },
        { type: 'image', name: 'messages[0].images[1]', url },
      ],
    ],
  ])('%s', (_name, message, parts) => {
    expect(partsOf({ role: 'assistant', ...message })).toEqual([parts]);
  });

  test('long texts, pictures and signatures stay where they are', () => {
    const picture = { type: 'image_url', image_url: { url: long }, provider_metadata: { signature: long } };
    const [parts] = partsOf({
      role: 'user',
      content: [{ type: 'text', text: long }, picture],
      refusal: long,
    });
    expect(parts).toEqual([
      { type: 'text', name: 'messages[0].content[0]', text: expect.any(LongText) },
      {
        type: 'image',
        name: 'messages[0].content[1]',
        url: expect.any(LongText),
        signature: expect.any(LongText),
      },
      { type: 'text', name: 'messages[0].refusal', text: expect.any(LongText) },
    ]);
  });

  test('the developer of some programs is the system of others', () => {
    const messages = ['system', 'developer', 'user', 'assistant'].map((role) => ({ role, content: 'x' }));
    expect(read({ messages }).turns.map(({ role }) => role)).toEqual([
      'system',
      'system',
      'user',
      'assistant',
    ]);
  });
});

describe('what is told', () => {
  test.each<[object, string[]]>([
    [{}, []],
    [{ top_p: null, usage: { include: true }, stream: true, stream_options: {} }, []],
    [{ usage: { include: false } }, ['usage.include=false was left out: the usage is always told.']],
    [{ top_p: 1 }, ['top_p=1 was left out: this gateway passes no such setting on.']],
    [
      {
        messages: [
          { role: 'user', content: [{ ...block, provider_metadata: { signature: 's', google: {} } }] },
        ],
      },
      ['Left out messages[0].content[0].provider_metadata.google: only signature is known here.'],
    ],
    [
      { messages: [{ role: 'user', name: 'ann', content: 'x' }] },
      ['Left out messages[0].name: models are told roles, not names.'],
    ],
    [
      { messages: [{ role: 'user', name: '', content: [{ ...block, image_url: { url, detail: 'auto' } }] }] },
      [],
    ],
    [
      { messages: [{ role: 'user', content: [{ ...block, image_url: { url, detail: 'low' } }] }] },
      ['Left out messages[0].content[0].image_url.detail: pictures are sent as they are.'],
    ],
    [
      { messages: [{ role: 'assistant', images: [{ ...block, partial: true }] }] },
      ['Left out messages[0].images[0]: partial pictures of earlier answers are not sent on.'],
    ],
  ])('of %j: %j', (body, messages) => {
    expect(read(body).notices.map(({ message }) => message)).toEqual(messages);
  });

  test('is one notice for each kind, however many places there are', () => {
    const notices = read({
      messages: [
        { role: 'user', name: 'bob', content: [{ ...block, image_url: { url, detail: 'low' } }, strange] },
        { role: 'assistant', images: [strange, { ...block, partial: true }] },
        ...Array.from({ length: 1_500 }, () => ({ role: 'user', name: 'bob', content: 'hi' })),
      ],
    }).notices.map(({ message }) => message);
    const at = 'messages[0].content[1].provider_metadata';
    expect(notices).toEqual([
      'Left out messages[0].name, messages[2].name, messages[3].name and 1498 more: models are told roles, not names.',
      'Left out messages[0].content[0].image_url.detail: pictures are sent as they are.',
      `Left out ${at}.k0, ${at}.k1, ${at}.${'k'.repeat(40)} and 3 more: only signature is known here.`,
      'Left out messages[1].images[1]: partial pictures of earlier answers are not sent on.',
    ]);
  });
});

describe('refusals', () => {
  const content = (...blocks: unknown[]) => ({ messages: [{ role: 'user', content: blocks }] });

  test.each<[unknown, string, string | undefined, string]>([
    [[], 'invalid_value', undefined, 'The body is a list; expected an object.'],
    [null, 'invalid_value', undefined, 'The body is null; expected an object.'],
    ['text', 'invalid_value', undefined, 'The body is "text"; expected an object.'],
    [{}, 'missing_required_parameter', 'model', "Missing required parameter: 'model'. Expected text."],
    [
      { model: 'm' },
      'missing_required_parameter',
      'messages',
      "Missing required parameter: 'messages'. Expected a list.",
    ],
    [
      { model: 'm', messages: [{}] },
      'missing_required_parameter',
      'messages[0].role',
      `Missing required parameter: 'messages[0].role'. Expected one of "system", "developer", "user", "assistant".`,
    ],
    [
      { messages: [], model: 'm' },
      'invalid_value',
      'messages',
      "'messages' is a list; expected at least one message.",
    ],
    [
      { modalities: [] },
      'invalid_value',
      'modalities',
      `'modalities' is a list; expected "image", "text" or both.`,
    ],
    [{ stream: 'yes' }, 'invalid_value', 'stream', `'stream' is "yes"; expected true or false.`],
    [{ n: '1' }, 'invalid_value', 'n', `'n' is "1"; expected a whole number.`],
    [{ temperature: 'hot' }, 'invalid_value', 'temperature', `'temperature' is "hot"; expected a number.`],
    [{ image_config: 'x' }, 'invalid_value', 'image_config', `'image_config' is "x"; expected an object.`],
    [
      { image_config: { ratio: 1 } },
      'unknown_parameter',
      'image_config.ratio',
      "Unknown parameter: 'image_config.ratio'.",
    ],
    [
      { stream_options: { foo: 1 } },
      'unknown_parameter',
      'stream_options.foo',
      "Unknown parameter: 'stream_options.foo'.",
    ],
    [
      { provider: { sort: 'luck' } },
      'invalid_value',
      'provider.sort',
      `'provider.sort' is "luck"; expected one of "price", "throughput", "latency".`,
    ],
    [
      { provider: { quantizations: [] } },
      'unknown_parameter',
      'provider.quantizations',
      "Unknown parameter: 'provider.quantizations'.",
    ],
    [
      { user: long },
      'invalid_value',
      'user',
      "'user' is a text of 2000 bytes, which is too long here; expected text.",
    ],
    [{ user: { a: 1 } }, 'invalid_value', 'user', "'user' is an object; expected text."],
    [
      { user: 'u', seed: 'x'.repeat(500) },
      'invalid_value',
      'seed',
      `'seed' is "${'x'.repeat(79)}…; expected a whole number.`,
    ],
    [
      content({ type: 'file', file: {} }),
      'invalid_value',
      'messages[0].content[0].type',
      `'messages[0].content[0].type' is "file"; expected one of "text", "image_url", "refusal".`,
    ],
    [
      content('text'),
      'invalid_value',
      'messages[0].content[0]',
      `'messages[0].content[0]' is "text"; expected an object.`,
    ],
    [
      content({ type: 'text', text: 5 }),
      'invalid_value',
      'messages[0].content[0].text',
      "'messages[0].content[0].text' is 5; expected text.",
    ],
    [
      content({ ...block, image_url: {} }),
      'missing_required_parameter',
      'messages[0].content[0].image_url.url',
      "Missing required parameter: 'messages[0].content[0].image_url.url'. Expected text.",
    ],
    [
      { messages: [{ role: 'assistant', images: [{ type: 'image_url' }] }] },
      'missing_required_parameter',
      'messages[0].images[0].image_url',
      `Missing required parameter: 'messages[0].images[0].image_url'. Expected a data URL or a link, or {"url": ...} with one of them.`,
    ],
    [
      { messages: [{ role: 'assistant', audio: { id: 'x' } }] },
      'invalid_value',
      'messages[0].audio',
      "'messages[0].audio' is an object; expected null or an empty list: this gateway calls no tools and makes no sound.",
    ],
    [
      { messages: [{ role: 'assistant', reasoning: 'x' }] },
      'unknown_parameter',
      'messages[0].reasoning',
      "Unknown parameter: 'messages[0].reasoning'.",
    ],
    [
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'user', ['k'.repeat(500)]: 1 },
        ],
      },
      'unknown_parameter',
      `messages[1].${'k'.repeat(88)}`,
      `Unknown parameter: 'messages[1].${'k'.repeat(88)}'.`,
    ],
  ])('%#', (body, code, param, message) => {
    const isPart =
      typeof body === 'object' &&
      body !== null &&
      !Array.isArray(body) &&
      Object.keys(body).length > 0 &&
      !('model' in body);
    const whole = isPart ? { model: 'm', messages: [{ role: 'user', content: 'go' }], ...body } : body;
    expect(orError(() => readChatBody(toOutline(whole)))).toEqual({ code, param, message });
  });

  test.each<[string, (text: string) => object | string]>([
    ['image_config', (text) => ({ image_config: text })],
    ['provider', (text) => ({ provider: text })],
    ['usage', (text) => ({ usage: text })],
    ['stream_options', (text) => ({ stream: true, stream_options: text })],
    ['messages[0]', (text) => ({ messages: [text] })],
    ['messages[0].content[1]', (text) => content({ type: 'text', text: 'a' }, text)],
    ['messages[0].content[0].provider_metadata', (text) => content({ ...block, provider_metadata: text })],
    ['messages[0].images[0]', (text) => ({ messages: [{ role: 'assistant', images: [text] }] })],
    ['', (text) => text],
  ])('a text where %j is an object is told as a text, however long', (param, toBody) => {
    const refusalOf = (text: string) => {
      const body = toBody(text);
      if (typeof body === 'string') return orError(() => readChatBody(toOutline(body)));
      return orError(() => read(body));
    };
    const subject = param === '' ? 'The body' : `'${param}'`;
    const told = { code: 'invalid_value', param: param === '' ? undefined : param };
    expect(refusalOf('short')).toEqual({ ...told, message: `${subject} is "short"; expected an object.` });
    const isLong = 'is a text of 2000 bytes, which is too long here';
    expect(refusalOf(long)).toEqual({ ...told, message: `${subject} ${isLong}; expected an object.` });
  });

  test('an unknown field is told those there are', () => {
    expect(orError(() => read({ tools: [] }))).toMatchObject({
      code: 'unknown_parameter',
      param: 'tools',
      message: expect.stringMatching(
        /^Unknown parameter: 'tools'\. A chat takes model, messages, modalities, image_config, /,
      ),
    });
  });
});
