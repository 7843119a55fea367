import { afterAll, beforeAll, expect, test } from 'vitest';
import { toChatFields, toMatrix, type Verdict } from '../../scripts/compatibility.ts';
import type { Warning } from '../../src/core/edit.ts';
import { allModels } from '../../src/providers/index.ts';
import { type FormEntry, postEdit, toDataUrl, toEntries } from '../support/edit-post.ts';
import { readSentEvents } from '../support/events.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { createPng } from '../support/small-png.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

/** As the matrix judges it. */
const picture = createPng({ width: 1200, height: 800, colour: [90, 140, 200, 255] });
const mask = createPng({ width: 1200, height: 800, colour: [0, 0, 0, 0] });
const prompt = 'make it warmer';

/** Those that their vendor has shut down since are served by their successors, with notice. */
const today = new Date().toISOString().slice(0, 10);
const gone = new Set(allModels.filter(({ retiredOn = '9999' }) => retiredOn <= today).map(({ id }) => id));
const matrix = toMatrix().filter(({ model }) => !gone.has(model));
const outcomes = ['honoured', 'adapted', 'refused'] as const;

const parameters = [...new Set(matrix.map(({ parameter }) => parameter))];

/** For every model one verdict on the parameter, each time of another outcome, where there is one. */
function sample(parameter: string): readonly Verdict[] {
  const byModel = Object.groupBy(
    matrix.filter((verdict) => verdict.parameter === parameter),
    ({ model }) => model,
  );
  return Object.values(byModel).map((verdicts = [], index) => {
    const turn = index + parameters.indexOf(parameter);
    const wishes = [...outcomes, ...outcomes].slice(turn % 3, (turn % 3) + 3);
    const wish = wishes.find((outcome) => verdicts.some((verdict) => verdict.outcome === outcome));
    const wanted = verdicts.filter(({ outcome }) => outcome === wish);
    const surface = turn % 2 === 0 ? 'images/edits' : 'chat/completions';
    // The first values are the smallest, and soonest painted.
    return wanted.find((verdict) => verdict.surface === surface) ?? wanted[0] ?? expect.unreachable();
  });
}

interface Answer {
  status: number;
  adapted: string | null;
  warnings: readonly Warning[];
  message: string | undefined;
}

async function ask(verdict: Verdict): Promise<Answer> {
  const response = await (verdict.surface === 'images/edits' ? askForm(verdict) : askChat(verdict));
  const text = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const bodies = (isStream ? readSentEvents(text).map(({ data }) => data) : [text])
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as { warnings?: Warning[]; error?: { message: string } });
  return {
    status: response.status,
    adapted: response.headers.get('retouch-adapted'),
    warnings: bodies.flatMap(({ warnings = [] }) => warnings),
    message: bodies[0]?.error?.message,
  };
}

function askForm({ model, given }: Verdict): Promise<Response> {
  const fields = Object.entries(given).map(
    ([name, value]): FormEntry => [name, name === 'mask' ? mask : String(value)],
  );
  const entries = toEntries(['model', model], ['prompt', prompt], ['image', picture], ...fields);
  return postEdit(gateway, entries, { key: gateway.testKey });
}

function askChat({ model, given }: Verdict): Promise<Response> {
  const content = [
    { type: 'image_url', image_url: { url: toDataUrl(picture) } },
    { type: 'text', text: prompt },
  ];
  return fetch(`${gateway.api}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }], ...toChatFields(given) }),
  });
}

test.each(parameters)('over HTTP each model does with %s what the planner says', async (parameter) => {
  await Promise.all(
    sample(parameter).map(async (verdict) => {
      const { status, adapted, warnings, message } = await ask(verdict);
      const about = `${verdict.surface}, ${verdict.model}: ${parameter}=${verdict.value}`;
      const isRefused = verdict.outcome === 'refused';
      expect([about, status]).toEqual([about, isRefused ? 400 : 200]);
      if (isRefused) expect([about, message]).toEqual([about, verdict.message]);
      const told = adapted?.split(', ') ?? [];
      expect([about, told.includes(parameter)]).toEqual([about, verdict.outcome === 'adapted']);
      const words = warnings.filter(({ param }) => param === parameter).map((warning) => warning.message);
      expect([about, words]).toEqual([about, verdict.outcome === 'adapted' ? [verdict.message] : []]);
    }),
  );
});

test('the sample has every model with every parameter, by both endpoints, and every outcome', () => {
  const asked = parameters.flatMap(sample);
  const models = new Set(matrix.map(({ model }) => model));
  expect(asked.length).toBe(models.size * parameters.length);
  for (const model of models) {
    const own = asked.filter((verdict) => verdict.model === model);
    expect(new Set(own.map(({ surface }) => surface)).size).toBe(2);
    expect(new Set(own.map(({ outcome }) => outcome))).toEqual(new Set(outcomes));
  }
});
