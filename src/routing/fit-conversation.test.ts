import { expect, test } from 'vitest';
import { toChatRequest } from '../../test/support/conversation.ts';
import { createModel, createRequest } from '../../test/support/routing.ts';
import { fitConversation } from './fit-conversation.ts';

const namesOf = (images: readonly { name: string }[]) => images.map(({ name }) => name);

test.each<[string, number, string[], string[], number]>([
  ['one question', 1, ['user: go +a'], ['a'], 0],
  ['an older question makes room for the newer', 1, ['user: go +a', 'user: on +b'], ['b'], 1],
  [
    'the newest result is what the next question is about',
    1,
    ['user: go +a', 'assistant: +r', 'user: on'],
    ['r'],
    1,
  ],
  [
    'of two results the newer',
    2,
    ['user: go +a', 'assistant: +r', 'user: on', 'assistant: +s', 'user: more'],
    ['s', 'r'],
    1,
  ],
  ['the question’s own picture goes before the result', 1, ['assistant: +r', 'user: on +b'], ['b'], 1],
  [
    'with room for both the result comes first',
    2,
    ['user: go +a', 'assistant: +r', 'user: on +b'],
    ['r', 'b'],
    1,
  ],
  [
    'all of its own pictures go before the result',
    2,
    ['user: go +a', 'assistant: +r', 'user: on +b +c'],
    ['b', 'c'],
    2,
  ],
  ['where all have room, all stay', 5, ['user: go +a', 'assistant: +r', 'user: on +b'], ['r', 'b', 'a'], 0],
  // Nobody can know which of these is meant, so the plan refuses them.
  ['a result of two pictures stays whole', 1, ['user: go +a', 'assistant: +r +s', 'user: on'], ['r', 's'], 1],
  ['a question with too many stays whole', 1, ['assistant: +r', 'user: on +b +c'], ['b', 'c'], 1],
  [
    'pictures of an earlier question, where there is nothing newer',
    1,
    ['user: go +a', 'user: look +b', 'user: on'],
    ['b'],
    1,
  ],
  ['no picture at all', 1, ['user: go'], [], 0],
])('%s', (_name, maxImages, lines, kept, leftOut) => {
  const { request, warnings } = fitConversation(toChatRequest(...lines), createModel({ maxImages }));
  expect(namesOf(request.images)).toEqual(kept);
  const told = warnings.map(({ message }) => message).find((message) => message.includes('picture'));
  if (leftOut === 0) expect(told).toBeUndefined();
  else
    expect(told).toBe(
      `vendor/model takes ${maxImages} picture(s): ${leftOut} earlier one(s) of the conversation were left out.`,
    );
});

test.each<[string[], number]>([
  [['user: go +a'], 0],
  [['system: be brief', 'user: go +a'], 1],
  [['system: be brief', 'user: go +a', 'assistant: done +r', 'user: on'], 3],
  [['user: go +a', 'assistant: +r', 'user: on', 'assistant: I say'], 2],
])('of the texts of %j, %i were left out', (lines, leftOut) => {
  const { warnings } = fitConversation(toChatRequest(...lines), createModel());
  const expected = `vendor/model takes one instruction, the last: the text of ${leftOut} other message(s) was left out.`;
  expect(warnings).toEqual(leftOut === 0 ? [] : [{ param: 'messages', message: expected }]);
});

test('a model that converses gets all of it, and an edit without a conversation is none', () => {
  const long = toChatRequest('system: be brief', 'user: go +a', 'assistant: +r', 'user: on +b');
  const model = createModel({ maxImages: 1, converses: true });
  expect(fitConversation(long, model)).toEqual({ request: long, warnings: [] });
  const plain = createRequest();
  expect(fitConversation(plain, createModel({ maxImages: 0 }))).toEqual({ request: plain, warnings: [] });
});
