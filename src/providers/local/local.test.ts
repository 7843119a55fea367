import { afterAll, describe, expect, test } from 'vitest';
import { describeProvider } from '../../../test/support/describe-provider.ts';
import { type CallWishes, createCall, readContent, toInputImage } from '../../../test/support/edit-call.ts';
import { openLab } from '../../../test/support/pictures.ts';
import {
  type Box,
  countChanges,
  createMask,
  photosAreMissing,
  readPhoto,
  readPixels,
  toMeasuredImage,
} from '../../../test/support/pixels.ts';
import { createPng } from '../../../test/support/small-png.ts';
import type { EditEvent, EditOutcome } from '../../core/edit.ts';
import { createLocal, localModels } from './index.ts';

const lab = openLab();
const local = createLocal({ lab, now: () => 1_795_000_000_500 });
const [model] = localModels;
if (!model) throw new Error('no local model');

afterAll(() => lab.close());

describeProvider('local', 'local/retouch', async () => {
  const ownLab = openLab();
  return { provider: createLocal({ lab: ownLab, now: Date.now }), close: () => ownLab.close() };
});

function edit(
  wishes: Omit<CallWishes, 'model'>,
  signal = new AbortController().signal,
): Promise<EditOutcome> {
  return local.edit(createCall({ model: model as NonNullable<typeof model>, ...wishes }), signal);
}

async function toPixels({ images: [image] }: EditOutcome) {
  if (!image) throw new Error('no picture');
  return readPixels(image.content);
}

const small = () => toMeasuredImage('image', createPng({ width: 40, height: 20, colour: [200, 100, 50] }));

describe.skipIf(photosAreMissing)('real photographs (need ../shared/data/photos)', () => {
  test('black and white means that red, green and blue are the same everywhere', async () => {
    const { data } = await toPixels(
      await edit({ images: [await readPhoto('rocket.jpg')], prompt: 'Turn it into black and white, please' }),
    );
    let coloured = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) coloured += 1;
    }
    expect(coloured).toBe(0);
  });

  test('inverting twice gives the picture back', async () => {
    const image = await readPhoto('chelsea.png');
    const { images } = await edit({ images: [image], prompt: 'invert it' });
    const negative = images.map((edited) => ({ ...image, ...edited }));
    const outcome = await edit({ images: negative, prompt: 'invert it' });
    expect((await toPixels(outcome)).data.equals((await readPixels(image.content)).data)).toBe(true);
  });

  test('brighter is brighter, darker is darker, by about as much as was said', async () => {
    const image = await readPhoto('coffee.png');
    const meanOf = async (prompt?: string): Promise<number> => {
      const { data } = await (prompt === undefined
        ? readPixels(image.content)
        : toPixels(await edit({ images: [image], prompt })));
      return data.reduce((sum, value, index) => sum + (index % 4 === 3 ? 0 : value), 0);
    };
    const before = await meanOf();
    expect((await meanOf('make it 20% brighter')) / before).toBeCloseTo(1.2, 1);
    expect((await meanOf('make it half as bright')) / before).toBeCloseTo(0.5, 1);
  });

  test('a crop has the ratio that was said, and size says so', async () => {
    const outcome = await edit({ images: [await readPhoto('rocket.jpg')], prompt: 'crop it to 16:9' });
    expect(outcome.facts).toEqual({ background: 'opaque', output_format: 'png', size: '640x360' });
    expect(await toPixels(outcome)).toMatchObject({ width: 640, height: 360 });
  });

  test('turning and mirroring put each pixel where it belongs', async () => {
    const image = await readPhoto('coffee.png');
    const before = await readPixels(image.content);
    const turned = await toPixels(await edit({ images: [image], prompt: 'rotate 90 degrees clockwise' }));
    expect(turned).toMatchObject({ width: 400, height: 600 });
    expect(turned.at(399 - 30, 70)).toEqual(before.at(70, 30));
    const mirrored = await toPixels(await edit({ images: [image], prompt: 'flip horizontally' }));
    expect(mirrored.at(599 - 70, 30)).toEqual(before.at(70, 30));
    const upsideDown = await toPixels(await edit({ images: [image], prompt: 'turn it upside down' }));
    expect(upsideDown.at(599 - 70, 399 - 30)).toEqual(before.at(70, 30));
  });

  test('a caption changes the part of the picture it is said to be in, and no other', async () => {
    const image = await readPhoto('coffee.png');
    const outcome = await edit({
      images: [image],
      prompt: 'add the caption “Hello & <b>good</b> day” at the top',
    });
    const top: Box = { left: 0, top: 0, width: 600, height: 120 };
    const changes = countChanges(await readPixels(image.content), await toPixels(outcome), top);
    expect(changes.outside).toBe(0);
    expect(changes.inside).toBeGreaterThan(1_000);
  });

  test.each([
    'blur it a lot',
    'invert the colours and make it much brighter',
    'black and white, add the caption "x" in the middle',
    'sepia, more contrast, sharpen',
  ])('a mask confines "%s": pixels outside stay identical, inside they change', async (prompt) => {
    const image = await readPhoto('astronaut.png');
    const open: Box = { left: 150, top: 100, width: 200, height: 180 };
    const mask = await createMask(512, 512, open);
    const outcome = await edit({ images: [image], mask, prompt });
    const changes = countChanges(await readPixels(image.content), await toPixels(outcome), open);
    expect(changes.outside).toBe(0);
    expect(changes.inside).toBeGreaterThan(20_000);
  });

  test('several steps in one sentence are all done, in order', async () => {
    const outcome = await edit({
      images: [await readPhoto('coffee.png')],
      prompt: 'Crop it to a square, resize to 200x200, add a white border of 10 px and rounded corners.',
    });
    const pixels = await toPixels(outcome);
    expect(outcome.facts).toMatchObject({ size: '220x220', background: 'transparent' });
    expect(pixels.at(0, 0)[3]).toBe(0);
    expect(pixels.at(110, 3)).toEqual([255, 255, 255, 255]);
  });

  test('a size of another shape is filled from the middle, with notice', async () => {
    const outcome = await edit({
      images: [await readPhoto('coffee.png')],
      prompt: 'grayscale',
      parameters: { size: '300x300' },
    });
    expect(outcome.facts.size).toBe('300x300');
    expect(outcome.warnings).toEqual([
      { param: 'size', message: '600x400 has another shape than 300x300: the edges were cut off.' },
    ]);
  });

  test('a border and a caption are whole in a size of another shape', async () => {
    const edited = await toPixels(
      await edit({
        images: [await readPhoto('coffee.png')],
        prompt: 'make it darker, add a 12 px red border and write "Hello everybody out there" at the bottom',
        parameters: { size: '300x500' },
      }),
    );
    expect(edited).toMatchObject({ width: 300, height: 500 });
    const red = [255, 0, 0, 255];
    const isRed = (x: number, y: number): boolean => edited.at(x, y).join() === red.join();
    for (let y = 0; y < 500; y += 1)
      expect(isRed(0, y) && isRed(11, y) && isRed(288, y) && isRed(299, y)).toBe(true);
    for (let x = 0; x < 300; x += 1) expect(isRed(x, 0) && isRed(x, 11) && isRed(x, 499)).toBe(true);
    expect(isRed(12, 12)).toBe(false);
    const bare = await toPixels(
      await edit({
        images: [await readPhoto('coffee.png')],
        prompt: 'make it darker, add a 12 px red border',
        parameters: { size: '300x500' },
      }),
    );
    const columns = new Set<number>();
    for (let y = 0; y < 500; y += 1) {
      for (let x = 0; x < 300; x += 1) if (edited.at(x, y).join() !== bare.at(x, y).join()) columns.add(x);
    }
    expect(Math.min(...columns)).toBeGreaterThan(0);
    expect(Math.max(...columns)).toBeLessThan(299);
    expect(columns.size).toBeGreaterThan(150);
  });

  test.each([
    { left: 20, top: 15, width: 220, height: 90 },
    { left: 380, top: 200, width: 200, height: 190 },
  ])('a caption shows where the mask is open: %j', async (open) => {
    const image = await readPhoto('coffee.png');
    const mask = await createMask(600, 400, open);
    const outcome = await edit({ images: [image], mask, prompt: 'add the caption "Hello" at the bottom' });
    const changes = countChanges(await readPixels(image.content), await toPixels(outcome), open);
    expect(changes.outside).toBe(0);
    expect(changes.inside).toBeGreaterThan(1_500);
  });

  test('a caption that cannot be read where the mask is open is refused', async () => {
    const mask = await createMask(600, 400, { left: 100, top: 100, width: 20, height: 9 });
    const work = edit({ images: [await readPhoto('coffee.png')], mask, prompt: 'add the caption "Hello"' });
    await expect(work).rejects.toMatchObject({ code: 'invalid_value', param: 'prompt' });
  });

  test('formats and compression are as asked', async () => {
    const images = [await readPhoto('coffee.png')];
    const lengthOf = async (parameters: CallWishes['parameters']): Promise<number> => {
      const outcome = await edit({ images, prompt: 'sharpen', ...(parameters && { parameters }) });
      expect(outcome.facts.output_format).toBe(parameters?.output_format);
      return (await readContent(outcome.images[0]?.content ?? fail())).length;
    };
    for (const output_format of ['jpeg', 'webp']) {
      const coarse = await lengthOf({ output_format, output_compression: 20 });
      expect(await lengthOf({ output_format, output_compression: 90 })).toBeGreaterThan(coarse * 2);
    }
  });

  test('rounded corners are white in a jpeg, with notice', async () => {
    const outcome = await edit({
      images: [await readPhoto('coffee.png')],
      prompt: 'rounded corners',
      parameters: { output_format: 'jpeg' },
    });
    expect(outcome.facts.background).toBe('opaque');
    expect(outcome.warnings.map(({ param }) => param)).toEqual(['output_format']);
    const corner = (await toPixels(outcome)).at(0, 0);
    expect(Math.min(...corner)).toBeGreaterThan(245);
  });
});

function fail(): never {
  throw new Error('no picture');
}

test('n pictures are given for n, and cost nothing', async () => {
  const outcome = await edit({ images: [await small()], prompt: 'invert', parameters: { n: 3 } });
  expect(outcome.images).toHaveLength(3);
  expect(outcome).toMatchObject({
    createdAt: 1_795_000_000,
    usage: { inputTextTokens: 0, inputImageTokens: 0, outputImageTokens: 0 },
  });
});

test('a caller that streams gets real previews of the same size, then each picture', async () => {
  const events: EditEvent[] = [];
  const outcome = await edit({
    images: [await toMeasuredImage('image', createPng({ width: 300, height: 200, colour: [200, 100, 50] }))],
    prompt: 'add the caption "Hello" in the middle',
    parameters: { n: 2, partial_images: 3 },
    events,
  });
  expect(events.map((event) => (event.type === 'partial' ? event.index : event.type))).toEqual([
    ...[0, 1, 2, 'completed'],
    ...[0, 1, 2, 'completed'],
  ]);
  const final = await toPixels(outcome);
  const distances = await Promise.all(
    events.slice(0, 3).map(async (event) => {
      if (event.type === 'text') return Number.NaN;
      const preview = await readPixels(event.image.content);
      expect(preview).toMatchObject({ width: 300, height: 200 });
      return preview.data.reduce((sum, value, index) => sum + Math.abs(value - (final.data[index] ?? 0)), 0);
    }),
  );
  expect(distances[0]).toBeGreaterThan(distances[1] ?? Number.NaN);
  expect(distances[1]).toBeGreaterThan(distances[2] ?? Number.NaN);
  expect(distances[2]).toBeGreaterThan(0);
});

test('a preview of a picture one pixel wide is no fault', async () => {
  const events: EditEvent[] = [];
  const image = await toMeasuredImage('image', createPng({ width: 1, height: 9 }));
  await edit({ images: [image], prompt: 'invert', parameters: { partial_images: 1 }, events });
  expect(events).toHaveLength(2);
});

test('what is not understood is refused before anything is rendered', async () => {
  const call = createCall({ model, images: [await small()], prompt: 'Put a hat on the cat' });
  await expect(local.edit(call, new AbortController().signal)).rejects.toMatchObject({
    code: 'instruction_not_understood',
    param: 'prompt',
  });
  expect(call.spools).toEqual([]);
});

test('it works on exactly one picture', async () => {
  const image = await small();
  await expect(
    edit({ images: [image, { ...image, name: 'image[1]' }], prompt: 'blur' }),
  ).rejects.toMatchObject({
    code: 'too_many_images',
    param: 'image[1]',
  });
  await expect(edit({ images: [], prompt: 'blur' })).rejects.toMatchObject({
    code: 'missing_required_parameter',
    param: 'image',
  });
});

test('a damaged picture is the caller’s mistake, and named', async () => {
  const whole = createPng({ width: 40, height: 20 });
  const image = toInputImage('image[0]', whole.subarray(0, whole.length - 30), { width: 40, height: 20 });
  await expect(edit({ images: [image], prompt: 'blur' })).rejects.toMatchObject({
    code: 'invalid_image_file',
    param: 'image[0]',
  });
});

test('an abort ends it at once, with an error of the catalogue', async () => {
  const controller = new AbortController();
  const image = await toMeasuredImage('image', createPng({ width: 3000, height: 3000 }));
  const work = edit({ images: [image], prompt: 'blur a lot, '.repeat(20) }, controller.signal);
  setTimeout(() => controller.abort(), 150);
  const startedAt = performance.now();
  await expect(work).rejects.toMatchObject({ code: 'upstream_unreachable' });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
