import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { errorCatalogue } from '../../src/core/errors.ts';
import type { Operation } from '../../src/images/index.ts';
import { createPicture, findShared, openLab, toContent, toJob, toRecipe } from '../support/pictures.ts';

const memoryBytes = 1_610_612_736;
const lab = openLab({ memoryBytes, maxQueued: 2_000, timeoutMs: 120_000 });

afterAll(() => lab.close());

function readPeakBytes(): number {
  const peaks = lab.processIds().map((processId) => {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8');
    // One that was ended this moment has no memory any more.
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  });
  return Math.max(...peaks);
}

/** As large as pictures may be. */
const [width, height] = [8_064, 6_192];

const operations: readonly Operation[] = [
  { op: 'modulate', brightness: 1.2, saturation: 1.2 },
  { op: 'blur', sigma: 2 },
  { op: 'blur', sigma: 40 },
  { op: 'sharpen', sigma: 2, amount: 1 },
  { op: 'rotate', degrees: 90 },
  { op: 'rotate', degrees: 0.1 },
  { op: 'flip', axis: 'vertical' },
  { op: 'crop-to-ratio', width: 1, height: 1, anchor: 'center' },
  { op: 'resize', width: 7_000, height: 7_000, fit: 'cover' },
  { op: 'round-corners', radius: 800 },
  { op: 'caption', text: 'The largest picture', anchor: 'bottom', colour: '#ffffff', sizeFraction: 0.1 },
  { op: 'stamp', title: 'TEST MODE', text: 'the largest picture' },
];

test.runIf(process.platform === 'linux')(
  'the largest pictures are worked on by every operation within the memory cap',
  async () => {
    const image = await createPicture(width, height).jpeg({ progressive: true }).toBuffer();
    for (const operation of operations) {
      const format = operation.op === 'round-corners' ? 'webp' : 'jpeg';
      const recipe = toRecipe([operation], { output: { format, alpha: 'keep', compression: 90 } });
      const result = await lab.render(toJob(image, [], { recipe })).catch((error) => error);
      // A turn by a tenth of a degree makes it larger than pictures may be.
      const isTooLarge = operation.op === 'rotate' && operation.degrees === 0.1;
      expect(result, JSON.stringify(operation)).toMatchObject(
        isTooLarge ? { code: 'invalid_value' } : { format },
      );
    }
    expect(readPeakBytes()).toBeLessThan(memoryBytes);
  },
);

test.runIf(process.platform === 'linux')(
  'the largest picture, mask and format together stay under the cap',
  async () => {
    const picture = createPicture(width, height);
    const image = await picture
      .clone()
      .ensureAlpha(0.5)
      .toColourspace('rgb16')
      .png({ progressive: true, compressionLevel: 1 })
      .toBuffer();
    const mask = await picture.clone().ensureAlpha(0.5).png({ compressionLevel: 1 }).toBuffer();
    const recipe = toRecipe([{ op: 'invert' }], {
      output: { format: 'webp', alpha: 'keep', compression: 80 },
    });
    const result = await lab
      .render(toJob(image, [], { recipe, mask: toContent(mask) }))
      .catch((error) => error);
    expect([undefined, 'image_too_complex']).toContain(result.code);
    expect(readPeakBytes()).toBeLessThan(memoryBytes);
    await expect(lab.render(toJob(await createPicture(60, 40).png().toBuffer(), []))).resolves.toMatchObject({
      width: 60,
    });
  },
);

/** The same every time. */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

test('1,500 broken pictures: each is refused by name or worked on, and the lab goes on', async () => {
  const roll = createDice(42);
  const photos = findShared('data/photos')
    .filter(({ name }) => name !== 'ORIGIN')
    .map(({ read }) => read());
  const made = await Promise.all(
    (['jpeg', 'png', 'webp'] as const).flatMap((format) => [
      createPicture(200, 150).toFormat(format).toBuffer(),
      createPicture(200, 150).ensureAlpha(0.5).withMetadata({ orientation: 5 }).toFormat(format).toBuffer(),
    ]),
  );
  const sources = [...photos, ...made];
  const jobs = Array.from({ length: 1_500 }, async () => {
    const bytes = Buffer.from(sources[roll(sources.length)] as Buffer);
    const spread = roll(2) === 0 ? bytes.length : 300;
    for (let change = 0; change <= roll(12); change += 1) bytes[roll(spread)] = roll(256);
    const cut = roll(4) === 0 ? bytes.subarray(0, roll(bytes.length)) : bytes;
    const result = await lab.render(toJob(cut, [{ op: 'grayscale' }])).catch((error) => error);
    return result.code ?? 'ok';
  });
  const verdicts = await Promise.all(jobs);
  const known = [
    'ok',
    'invalid_image_file',
    'unsupported_image_format',
    'image_dimensions_too_large',
    'image_too_complex',
  ];
  expect([...new Set(verdicts)].filter((verdict) => !known.includes(verdict))).toEqual([]);
  expect(verdicts.filter((verdict) => verdict === 'ok').length).toBeGreaterThan(100);
  await expect(lab.render(toJob(made[0] as Buffer, []))).resolves.toMatchObject({ width: 200 });
});

test('40 kills at random moments: every job ends in time, and none takes another with it', async () => {
  const roll = createDice(7);
  const busy = openLab({ maxProcesses: 2, maxQueued: 200 });
  const image = await createPicture(1_500, 1_000).jpeg().toBuffer();
  const steps = Array.from({ length: 10 }, () => ({ op: 'rotate', degrees: 90 }) as const);
  let done = false;
  const killer = (async () => {
    for (let kills = 0; kills < 40 && !done; ) {
      await delay(roll(1_000));
      const [processId] = busy.processIds();
      if (processId === undefined) continue;
      process.kill(processId, 'SIGKILL');
      kills += 1;
    }
  })().catch(() => {});
  const verdicts: string[] = [];
  for (let round = 0; round < 40; round += 1) {
    const pair = [1, 2].map(() => busy.render(toJob(image, steps)).catch((error) => error));
    for (const result of await Promise.all(pair)) verdicts.push(result.code ?? 'ok');
  }
  done = true;
  await killer;
  const unknown = verdicts.filter((verdict) => verdict !== 'ok' && !(verdict in errorCatalogue));
  expect(unknown).toEqual([]);
  expect(verdicts).toContain('ok');
  // Of no picture is it said that it was to blame.
  expect(verdicts).not.toContain('image_too_complex');
  await busy.close();
  expect(busy.processIds()).toEqual([]);
});
