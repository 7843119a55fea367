import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCorpus } from '../support/corpora.ts';
import { postEdit, toEntries, toPictures } from '../support/edit-post.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { decodePixels } from '../support/pictures.ts';

/** Willem van Schaik's 175 PNG files; those that begin with `x` are broken. */
const suite = openCorpus('pngsuite');

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

interface Answer {
  data: { b64_json: string }[];
  error?: object;
}

async function edit(name: string) {
  const entries = toEntries(
    ['model', 'local/retouch'],
    ['prompt', 'turn it black and white'],
    ['image', suite.read(name)],
  );
  const response = await postEdit(gateway, entries);
  return { name, status: response.status, body: (await response.json()) as Answer };
}

test.skipIf(suite.isAbsent)('PngSuite through the door: 161 are edited, 14 are refused by name', async () => {
  const names = [...suite.list('.png')];
  const answers: Awaited<ReturnType<typeof edit>>[] = [];
  // More than a hundred at once would be told to come back later.
  while (names.length > 0) answers.push(...(await Promise.all(names.splice(0, 25).map(edit))));
  for (const { name, status, body } of answers) {
    if (name.startsWith('x')) {
      expect([name, status]).toEqual([name, 400]);
      expect(body).toMatchObject({ error: { param: 'image', message: expect.stringMatching(/^image is /) } });
      continue;
    }
    expect([name, status, body.error]).toEqual([name, 200, undefined]);
    const [picture = expect.unreachable()] = toPictures(body);
    expect((await decodePixels(picture)).width, name).toBeGreaterThan(0);
  }
  expect(answers.filter(({ status }) => status === 200).length).toBe(161);
  expect(answers.length).toBe(175);
  expect(await gateway.spooledFiles()).toEqual([]);
});
