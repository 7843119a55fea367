import { describe, expect, test } from 'vitest';
import { readAll, toBytes } from '../core/bytes.ts';
import type { EditEvent, EditedImage, EditOutcome, Usage } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import { toQuoted } from '../core/json-outline.ts';
import { type ChatBill, toChatResult } from './chat-result.ts';
import { createChatStream } from './chat-stream.ts';
import { countBytes, type Pieces, readPieces } from './pieces.ts';

const head = { id: 'req_1', created: 1_795_000_000, model: 'vendor/model' };
const facts = { output_format: 'webp', size: '2x2' } as const;
const usage: Usage = {
  inputTextTokens: 3,
  inputImageTokens: 20,
  cachedTextTokens: 1,
  cachedImageTokens: 2,
  outputImageTokens: 100,
  outputTextTokens: 5,
};
const bill: ChatBill = { usage, costNanoUsd: 1_500_000 };
const noBill: ChatBill = { usage: undefined, costNanoUsd: 0 };
const warnings = [{ param: 'seed', message: 'left out' }];

/** A picture that is one letter, as base64 already or not. */
const toImage = (letter: string, more: Partial<EditedImage> = {}): EditedImage => ({
  content: { encoding: 'binary', bytes: toBytes(Buffer.from(letter)) },
  ...more,
});
const toUrl = (letter: string) => `data:image/webp;base64,${Buffer.from(letter).toString('base64')}`;
const toOutcome = (more: Partial<EditOutcome>): EditOutcome => ({
  images: [],
  facts,
  createdAt: 1,
  warnings: [],
  ...more,
});

async function toText(pieces: Pieces): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const piece of readPieces(pieces)) read.push(piece);
  const bytes = Buffer.concat(read);
  expect(countBytes(pieces)).toBe(bytes.length);
  return bytes.toString();
}

describe('a whole answer', () => {
  const toAnswer = async (outcome: Partial<EditOutcome>, given = bill, told: typeof warnings = []) =>
    JSON.parse(await toText(toChatResult(head, toOutcome(outcome), given, told)));

  test('in full', async () => {
    expect(
      await toAnswer(
        { images: [toImage('A', { signature: toQuoted('s"', toBytes(Buffer.alloc(0))) })] },
        bill,
        warnings,
      ),
    ).toEqual({
      id: 'chatcmpl-req_1',
      object: 'chat.completion',
      created: 1_795_000_000,
      model: 'vendor/model',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: '',
            refusal: null,
            images: [
              {
                type: 'image_url',
                image_url: { url: toUrl('A') },
                index: 0,
                provider_metadata: { signature: 's"' },
              },
            ],
          },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 23,
        completion_tokens: 105,
        total_tokens: 128,
        prompt_tokens_details: { cached_tokens: 3, text_tokens: 3, image_tokens: 20 },
        completion_tokens_details: { image_tokens: 100, text_tokens: 5, reasoning_tokens: 0 },
        cost: 0.0015,
      },
      warnings,
    });
  });

  test.each<[string, Partial<EditOutcome>, [string, string[]][]]>([
    [
      'each picture is an answer',
      { images: [toImage('A'), toImage('B')] },
      [
        ['', ['A']],
        ['', ['B']],
      ],
    ],
    [
      'pictures belong to the answers they say',
      { images: [toImage('A', { answer: 1 }), toImage('B', { answer: 1 })], texts: ['no', 'yes'] },
      [
        ['no', []],
        ['yes', ['A', 'B']],
      ],
    ],
    ['an answer may be words', { texts: ['only "words"'] }, [['only "words"', []]]],
    [
      'an answer that says nothing is there all the same',
      { images: [toImage('A', { answer: 2 })] },
      [
        ['', []],
        ['', []],
        ['', ['A']],
      ],
    ],
  ])('%s', async (_name, outcome, expected) => {
    const { choices } = await toAnswer(outcome, noBill);
    type Choice = {
      index: number;
      message: { content: string; images: { image_url: { url: string }; index: number }[] };
    };
    const found = (choices as Choice[]).map(({ message }) => [
      message.content,
      message.images.map(({ image_url }) => image_url.url),
    ]);
    expect(found).toEqual(expected.map(([content, letters]) => [content, letters.map(toUrl)]));
    expect((choices as Choice[]).map(({ index }) => index)).toEqual(expected.map((_, index) => index));
  });

  test('without usage or warnings it says nothing of them, and a cut text is told', async () => {
    const answer = await toAnswer({ texts: ['cut'], endings: ['length'] }, noBill);
    expect(answer).not.toHaveProperty('usage');
    expect(answer).not.toHaveProperty('warnings');
    expect(answer.choices[0].finish_reason).toBe('length');
  });

  test('a picture that is base64 already passes as it is', async () => {
    const bytes = toBytes(Buffer.from('QUJD'));
    const answer = await toAnswer({ images: [{ content: { encoding: 'base64', bytes } }] });
    expect(answer.choices[0].message.images[0].image_url.url).toBe('data:image/webp;base64,QUJD');
    expect(await readAll(bytes, 10)).toEqual(Buffer.from('QUJD'));
  });
});

describe('a stream', () => {
  const text = (said: string, answer = 0): EditEvent => ({ type: 'text', text: said, answer });
  const whole = (letter: string, more?: Partial<EditedImage>): EditEvent => ({
    type: 'completed',
    image: toImage(letter, more),
    facts,
    createdAt: 1,
  });
  const partial = (letter: string, index: number, more?: Partial<EditedImage>): EditEvent => ({
    type: 'partial',
    index,
    image: toImage(letter, more),
    facts,
    createdAt: 1,
  });

  interface Chunk {
    choices: { index: number; delta: object; finish_reason: string | null }[];
    usage?: object;
    warnings?: object;
    error?: object;
  }

  /** The chunks; the end of the stream is checked and left out. */
  async function toChunks(...pieces: Pieces[]): Promise<Chunk[]> {
    const frames = (await toText(pieces.flat())).split('\n\n');
    expect(frames.splice(-2)).toEqual(['data: [DONE]', '']);
    return frames.map((frame) => {
      expect(frame).toMatch(/^data: [^\n]*$/);
      const chunk = JSON.parse(frame.slice(6));
      expect(chunk).toMatchObject({
        id: 'chatcmpl-req_1',
        object: 'chat.completion.chunk',
        created: head.created,
        model: head.model,
      });
      return chunk;
    });
  }

  const play = (
    events: EditEvent[],
    outcome: Partial<EditOutcome>,
    { usageApart = false, given = noBill, told = [] as typeof warnings } = {},
  ) => {
    const stream = createChatStream(usageApart);
    return toChunks(
      ...events.map((event) => stream.toChunk(head, event)),
      stream.toEnd(head, toOutcome(outcome), given, told),
    );
  };

  const block = (letter: string, index: number, more: object = {}) => ({
    type: 'image_url',
    image_url: { url: toUrl(letter) },
    index,
    ...more,
  });

  test('text and pictures as they come; who speaks is said once', async () => {
    const events = [
      text('Here '),
      text('it is'),
      whole('A', { answer: 0, signature: toBytes(Buffer.from('s')) }),
      whole('B', { answer: 0 }),
    ];
    const outcome = {
      images: [toImage('A', { answer: 0 }), toImage('B', { answer: 0 })],
      texts: ['Here it is'],
    };
    expect((await play(events, outcome)).flatMap(({ choices }) => choices)).toEqual([
      { index: 0, delta: { role: 'assistant', content: 'Here ' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'it is' }, logprobs: null, finish_reason: null },
      {
        index: 0,
        delta: { content: '', images: [block('A', 0, { provider_metadata: { signature: 's' } })] },
        logprobs: null,
        finish_reason: null,
      },
      { index: 0, delta: { content: '', images: [block('B', 1)] }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ]);
  });

  test('where each picture is an answer, its partial pictures are of that answer', async () => {
    const events = [partial('a', 0), whole('A'), partial('b', 0), partial('c', 1), whole('B')];
    const chunks = await play(events, { images: [toImage('A'), toImage('B')] });
    expect(chunks.flatMap(({ choices }) => choices).map(({ index, delta }) => [index, delta])).toEqual([
      [
        0,
        {
          role: 'assistant',
          content: '',
          images: [block('a', 0, { partial: true, partial_image_index: 0 })],
        },
      ],
      [0, { content: '', images: [block('A', 0)] }],
      [
        1,
        {
          role: 'assistant',
          content: '',
          images: [block('b', 0, { partial: true, partial_image_index: 0 })],
        },
      ],
      [1, { content: '', images: [block('c', 0, { partial: true, partial_image_index: 1 })] }],
      [1, { content: '', images: [block('B', 0)] }],
      [0, {}],
      [1, {}],
    ]);
  });

  test('answers that come in turns are kept apart', async () => {
    const events = [text('one', 0), text('two', 1), whole('B', { answer: 1 }), whole('A', { answer: 0 })];
    const outcome = {
      images: [toImage('A', { answer: 0 }), toImage('B', { answer: 1 })],
      texts: ['one', 'two'],
      endings: ['length' as const, 'length' as const],
    };
    const choices = (await play(events, outcome)).flatMap((chunk) => chunk.choices);
    expect(choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
      [0, null],
      [1, null],
      [1, null],
      [0, null],
      [0, 'length'],
      [1, 'length'],
    ]);
    expect(choices.filter(({ delta }) => 'role' in delta)).toHaveLength(2);
  });

  test('an answer that never began is begun by its end', async () => {
    const [end] = await play([], { texts: [''] });
    expect(end?.choices).toEqual([
      { index: 0, delta: { role: 'assistant' }, logprobs: null, finish_reason: 'stop' },
    ]);
  });

  test('usage and warnings come with the end, or in a chunk of their own', async () => {
    const outcome = { images: [toImage('A')] };
    const told = { usage: { total_tokens: 128, cost: 0.0015 }, warnings };
    const together = await play([whole('A')], outcome, { given: bill, told: warnings });
    expect(together.map(({ choices }) => choices.length)).toEqual([1, 1]);
    expect(together.at(-1)).toMatchObject(told);
    const apart = await play([whole('A')], outcome, { usageApart: true, given: bill, told: warnings });
    expect(apart.map(({ choices }) => choices.length)).toEqual([1, 1, 0]);
    expect(apart.at(-1)).toMatchObject(told);
    expect(apart[1]).not.toHaveProperty('usage');
    const nothing = await play([whole('A')], outcome);
    expect(nothing.at(-1)).not.toHaveProperty('usage');
    expect(nothing.at(-1)).not.toHaveProperty('warnings');
  });

  test('a failure is told as OpenRouter tells it', async () => {
    const stream = createChatStream(false);
    const error = new RetouchError('no_image_returned', 'None came.');
    const chunks = await toChunks(stream.toChunk(head, text('a')), stream.toFailure(head, error));
    expect(chunks.at(-1)).toEqual({
      id: 'chatcmpl-req_1',
      object: 'chat.completion.chunk',
      created: head.created,
      model: 'vendor/model',
      choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'error' }],
      error: {
        message: 'None came.',
        type: 'server_error',
        param: null,
        code: 'no_image_returned',
        status: 502,
      },
    });
  });
});
