import { afterAll, expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import { createPicture, imageLimits, openLab } from '../../test/support/pictures.ts';
import {
  type Box,
  countChanges,
  createMask,
  readPixels,
  toMeasuredImage,
} from '../../test/support/pixels.ts';
import { createRequest, ratioModel } from '../../test/support/routing.ts';
import type { Answer } from './answer.ts';
import type { Finish } from './finish.ts';
import { createFinisher } from './finisher.ts';
import type { Candidate } from './plan.ts';

const [width, height] = [3_264, 2_448];
const open: Box = { left: 200, top: 100, width: 400, height: 300 };
const smallOpen: Box = { left: 20, top: 20, width: 40, height: 30 };
const labs: ReturnType<typeof openLab>[] = [];
afterAll(() => Promise.all(labs.map((lab) => lab.close())));

function openFinisher(megabytes: number) {
  const lab = openLab({ maxProcesses: 1, memoryBytes: megabytes * 1024 * 1024 });
  labs.push(lab);
  return createFinisher(lab, imageLimits);
}

const image = await toMeasuredImage('image', await createPicture(width, height).jpeg().toBuffer());
const mask = await createMask(width, height, open);
const work = () => ({ openSpool: createMemorySpools().openSpool, signal: new AbortController().signal });

function toCandidate(finish: Finish): Candidate {
  const request = createRequest({ images: [image], mask });
  return {
    ...{ asked: ratioModel, model: ratioModel, request, warnings: [] },
    ...{ parameters: { aspect_ratio: '4:3' }, finish: { ...finish, mask: true } },
  };
}

test.each<[string, Finish]>([
  ['PNG', { format: 'png' }],
  ['JPEG', { format: 'jpeg' }],
  ['WebP with loss', { format: 'webp', compression: 90 }],
])('a mask that there is memory enough to hold in %s is prepared for', async (_as, finish) => {
  await expect(openFinisher(320).prepare(toCandidate(finish), work())).resolves.toBeDefined();
});

test('one that there is too little for in the end, in WebP without loss, is refused before anything is paid for', async () => {
  const prepared = openFinisher(320).prepare(toCandidate({ format: 'webp' }), work());
  await expect(prepared).rejects.toMatchObject({
    ...{ code: 'image_too_complex', param: 'image' },
    message: expect.stringMatching(/^image is 3264 x 2448 pixels, which take more memory/),
  });
});

test('an answer that is foreseen to be larger than the picture is reckoned with', async () => {
  const small = await toMeasuredImage('image', await createPicture(300, 200).jpeg().toBuffer());
  const request = createRequest({ images: [small], mask: await createMask(300, 200, smallOpen) });
  const prepare = (image_size: string) =>
    openFinisher(150).prepare(
      {
        ...{ ...toCandidate({ format: 'png' }), request },
        parameters: { aspect_ratio: '3:2', image_size },
      },
      work(),
    );
  await expect(prepare('1K')).resolves.toBeDefined();
  await expect(prepare('2K')).rejects.toMatchObject({
    ...{ code: 'image_too_complex', param: 'image' },
    message: expect.stringMatching(/^the model's answer is 2496 x 1664 pixels/),
  });
});

test('what is paid for and cannot become a WebP becomes a PNG, and that is told', async () => {
  const bytes = await createPicture(1_200, 900).negate().png().toBuffer();
  const { content } = await toMeasuredImage('answer', bytes);
  const answer: Answer = { image: { content }, facts: { output_format: 'png' } };
  const finished = await openFinisher(240).finish(toCandidate({ format: 'webp' }), answer, work());
  expect(finished.facts).toMatchObject({ output_format: 'png', size: `${width}x${height}` });
  expect(finished.notices).toEqual([
    { param: 'output_format', message: expect.stringMatching(/the result is PNG/) },
  ]);
  const [before, after] = [await readPixels(image.content), await readPixels(finished.image.content)];
  const { inside, outside } = countChanges(before, after, open);
  expect([inside > 0.9 * open.width * open.height, outside]).toEqual([true, 0]);
});

test('so does one with a longer side than a WebP can have', async () => {
  const wide = await toMeasuredImage('image', await createPicture(16_384, 40).png().toBuffer());
  const box: Box = { left: 100, top: 5, width: 50, height: 20 };
  const request = createRequest({ images: [wide], mask: await createMask(16_384, 40, box) });
  const { content } = await toMeasuredImage('answer', await createPicture(8_192, 20).png().toBuffer());
  const answer: Answer = { image: { content }, facts: { output_format: 'png' } };
  const candidate = { ...toCandidate({ format: 'webp', compression: 80 }), request };
  const finished = await openFinisher(320).finish(candidate, answer, work());
  expect(finished.facts).toMatchObject({ output_format: 'png', size: '16384x40' });
});
