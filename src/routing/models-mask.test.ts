import { afterAll, expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import { openLab } from '../../test/support/pictures.ts';
import { createMask, readPixels } from '../../test/support/pixels.ts';
import { createModel, createRequest } from '../../test/support/routing.ts';
import type { Model } from '../core/model.ts';
import { toModelsMask } from './models-mask.ts';

const lab = openLab();
afterAll(() => lab.close());

const work = () => ({ openSpool: createMemorySpools().openSpool, signal: new AbortController().signal });
const mask = await createMask(64, 48, { left: 10, top: 10, width: 20, height: 20 });

test.each<[Model['mask'], number, number]>([
  ['luma-white', 255, 0],
  ['luma-black', 0, 255],
])(
  'a model that takes masks by %s gets %i where the picture may change, and %i elsewhere',
  async (kind, open, kept) => {
    const request = await toModelsMask(lab, createModel({ mask: kind }), createRequest({ mask }), work());
    expect(request.mask).toMatchObject({
      name: 'mask',
      facts: { format: 'png', width: 64, height: 48, hasAlpha: false },
    });
    const { at } = await readPixels((request.mask ?? expect.unreachable()).content);
    expect([at(15, 15), at(40, 40)]).toEqual([
      [open, open, open, 255],
      [kept, kept, kept, 255],
    ]);
  },
);

test.each<[Model['mask']]>([['alpha'], ['none']])(
  'one that takes %s gets the request as it is',
  async (kind) => {
    const request = createRequest({ mask });
    expect(await toModelsMask(lab, createModel({ mask: kind }), request, work())).toBe(request);
  },
);

test('without a mask there is nothing to turn', async () => {
  const request = createRequest();
  expect(await toModelsMask(lab, createModel({ mask: 'luma-white' }), request, work())).toBe(request);
});
