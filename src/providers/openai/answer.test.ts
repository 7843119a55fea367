import { expect, test } from 'vitest';
import { createCall, readContent } from '../../../test/support/edit-call.ts';
import { createPng } from '../../../test/support/small-png.ts';
import type { EditParameters } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { Model } from '../../core/model.ts';
import { fromAnswer, toUsage } from './answer.ts';
import { openaiModels } from './models.ts';
import { fromStream } from './stream.ts';

const model = openaiModels[0] as Model;
const png = createPng({ width: 16, height: 16, colour: [10, 20, 30, 255] }).toString('base64');
const redact = (text: string): string => text.replaceAll('sk-secret', '[key]');
const usage = {
  ...{ input_tokens: 10, output_tokens: 100, total_tokens: 110 },
  input_tokens_details: { text_tokens: 5, image_tokens: 5 },
};

async function* toPieces(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 1_000) yield Buffer.from(text.slice(at, at + 1_000));
}

const toCall = (parameters: EditParameters = {}) => createCall({ model, parameters });
const answer = (value: unknown, parameters?: EditParameters) =>
  fromAnswer(toPieces(JSON.stringify(value)), toCall(parameters), redact);
const stream = (events: readonly unknown[], parameters?: EditParameters) =>
  fromStream(
    toPieces(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')),
    toCall(parameters),
    redact,
  );
const completed = (more: object) => ({ type: 'image_edit.completed', b64_json: png, ...more });

test('one odd entry does not cost the others', async () => {
  const { images, warnings } = await answer({ created: 1, data: [null, { b64_json: png }, 5] }, { n: 3 });
  expect(await Promise.all(images.map(({ content }) => readContent(content)))).toEqual([
    Buffer.from(png, 'base64'),
  ]);
  expect(warnings.map(({ param }) => param)).toEqual(['n']);
});

test.each([
  ['nothing apart', {}, { inputTextTokens: 0, inputImageTokens: 1_000 }],
  [
    'everything apart',
    { input_tokens_details: { text_tokens: 400, image_tokens: 600 } },
    { inputTextTokens: 400, inputImageTokens: 600 },
  ],
  [
    'a part of it',
    { input_tokens_details: { text_tokens: 10, image_tokens: 500 } },
    { inputTextTokens: 500, inputImageTokens: 500 },
  ],
])('of a usage that tells %s nothing goes unpaid', (_what, details, expected) => {
  expect(toUsage({ input_tokens: 1_000, output_tokens: 7, ...details })).toEqual({
    ...expected,
    outputImageTokens: 7,
  });
});

test.each([
  ['each', [{ usage }, { usage }], 200],
  ['the last', [{}, { usage }], 100],
  ['some other', [{ usage }, {}], undefined],
  ['none', [{}, {}], undefined],
])('of a stream whose usage comes with %s picture', async (_which, pictures, tokens) => {
  const outcome = await stream(pictures.map(completed), { n: 2 });
  expect(outcome.usage?.outputImageTokens).toBe(tokens);
  expect([outcome.images.length, outcome.isOpen]).toEqual([2, undefined]);
});

test('a stream that breaks before its last picture may cost more than it told', async () => {
  const outcome = await stream([completed({ usage }), { error: { message: 'gone', type: 'server_error' } }], {
    n: 2,
  });
  expect(outcome).toMatchObject({ isOpen: true, usage: { outputImageTokens: 100 } });
  expect(outcome.images.length).toBe(1);
});

test.each([
  ['an answer', (message: string) => answer({ error: { message, type: 'invalid_request_error' } })],
  ['a stream', (message: string) => stream([{ error: { message, type: 'invalid_request_error' } }])],
  ['a stream, as bare text', (message: string) => stream([{ error: message }])],
])('a long error inside %s keeps its words', async (_where, send) => {
  const message = `No: sk-secret ${'x y '.repeat(500)}end`;
  const error = await send(message).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RetouchError);
  const { cause } = error as RetouchError;
  expect((cause as Error).message).toMatch(/No: \[key\] x y .* end$/);
});
