import { afterAll, expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import { createPicture, imageLimits, openLab } from '../../test/support/pictures.ts';
import { createRequest, ratioModel } from '../../test/support/routing.ts';
import { toBytes } from '../core/bytes.ts';
import type { EditOutcome } from '../core/edit.ts';
import { toStopping } from '../core/stopping.ts';
import { type Candidate, createFinisher } from '../routing/index.ts';
import { createFinishing } from './finishing.ts';

const lab = openLab();
afterAll(() => lab.close());

const request = createRequest({ images: [] });
const candidate: Candidate = {
  ...{ asked: ratioModel, model: ratioModel, request, parameters: {}, warnings: [] },
  finish: { format: 'webp', compression: 80 },
};

const toOutcome = (bytes: Buffer): EditOutcome => ({
  images: [{ content: { encoding: 'binary', bytes: toBytes(bytes) } }],
  facts: { output_format: 'png' },
  ...{ createdAt: 1, warnings: [] },
});

const finish = (signal: AbortSignal, outcome: EditOutcome) =>
  createFinishing(createFinisher(lab, imageLimits), {
    ...{ openSpool: createMemorySpools().openSpool, signal },
  }).finishOutcome(candidate, outcome, false);
const picture = await createPicture(40, 30).png().toBuffer();

test('an answer is brought to the format that was asked for', async () => {
  const { facts, warnings } = await finish(new AbortController().signal, toOutcome(picture));
  expect([facts.output_format, warnings]).toEqual(['webp', []]);
});

test('what cannot be finished is given as it is, and each parameter that it was for is named', async () => {
  const { images, warnings } = await finish(
    new AbortController().signal,
    toOutcome(Buffer.from('no picture')),
  );
  expect(images.length).toBe(1);
  expect(warnings.map(({ param }) => param)).toEqual(['output_format', 'output_compression']);
});

test('an edit that nobody pays for any more is not given half done', async () => {
  await expect(finish(AbortSignal.abort(toStopping()), toOutcome(picture))).rejects.toMatchObject({
    code: 'server_stopping',
  });
});
