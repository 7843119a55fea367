import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, expect, test } from 'vitest';
import { findShared, imageLimits, openLab, toContent, toJob, toRecipe } from '../../test/support/pictures.ts';
import type { ErrorCode } from '../core/errors.ts';
import { measure } from './measure.ts';

const memoryBytes = 1_610_612_736;
const lab = openLab({ memoryBytes, maxQueued: 200 });

afterAll(() => lab.close());

/** What the header says and, where it says nothing against it, what the lab says. */
async function judge(
  name: string,
  bytes: Buffer,
): Promise<{ by: 'measure' | 'lab'; code: ErrorCode | 'ok' }> {
  const fault = await measure(name, toContent(bytes), imageLimits).then(
    () => undefined,
    (error) => error,
  );
  if (fault) return { by: 'measure', code: fault.code };
  const recipe = toRecipe([{ op: 'grayscale' }], {
    output: { format: 'jpeg', alpha: 'keep', compression: 50 },
  });
  return lab.render(toJob(bytes, [], { imageName: name, recipe })).then(
    () => ({ by: 'lab', code: 'ok' }),
    (error) => ({ by: 'lab', code: error.code }),
  );
}

const suite = findShared('corpora/pngsuite').filter(({ name }) => name.endsWith('.png'));

/** Who refuses each, and as what. */
const corrupt: Record<string, { by: 'measure' | 'lab'; code: ErrorCode }> = {
  'xs1n0g01.png': { by: 'measure', code: 'unsupported_image_format' },
  'xs2n0g01.png': { by: 'measure', code: 'unsupported_image_format' },
  'xs4n0g01.png': { by: 'measure', code: 'unsupported_image_format' },
  'xs7n0g01.png': { by: 'measure', code: 'unsupported_image_format' },
  'xcrn0g04.png': { by: 'measure', code: 'unsupported_image_format' },
  'xlfn0g04.png': { by: 'measure', code: 'unsupported_image_format' },
  'xhdn0g08.png': { by: 'measure', code: 'invalid_image_file' },
  'xc1n0g08.png': { by: 'measure', code: 'invalid_image_file' },
  'xc9n2c08.png': { by: 'measure', code: 'invalid_image_file' },
  'xd0n2c08.png': { by: 'measure', code: 'invalid_image_file' },
  'xd3n2c08.png': { by: 'measure', code: 'invalid_image_file' },
  'xd9n2c08.png': { by: 'measure', code: 'invalid_image_file' },
  'xdtn0g01.png': { by: 'measure', code: 'invalid_image_file' },
  // The checksum of the pixels: only who decodes them can tell.
  'xcsn0g01.png': { by: 'lab', code: 'invalid_image_file' },
};

test.skipIf(suite.length === 0)(
  'PngSuite: 161 sound pictures are taken; ../shared/corpora is needed',
  async () => {
    const sound = suite.filter(({ name }) => !(name in corrupt));
    expect(sound.length).toBe(161);
    const verdicts = await Promise.all(
      sound.map(async ({ name, read }) => ({ name, ...(await judge(name, read())) })),
    );
    expect(verdicts.filter(({ code }) => code !== 'ok')).toEqual([]);
  },
);

test.skipIf(suite.length === 0)(
  'PngSuite: 14 corrupt pictures are refused; ../shared/corpora is needed',
  async () => {
    const verdicts = await Promise.all(
      suite
        .filter(({ name }) => name.startsWith('x'))
        .map(async ({ name, read }) => [name, await judge(name, read())] as const),
    );
    expect(Object.fromEntries(verdicts)).toEqual(corrupt);
  },
);

const bombs = findShared('corpora/own-bombs').filter(({ name }) => name !== 'ORIGIN');

/** Those small enough to be worked on; all others never reach a decoder. */
const decoded = [
  'jpeg-7000sq-progressive.jpg',
  'png-4096sq-rgba8.png',
  'png-7000sq-rgba16.png',
  'png-7000sq-rgba8-interlaced.png',
  'png-8px-iccp256M.png',
  'png-8px-ztxt256M.png',
  'webp-7000sq-lossless.webp',
];

test.skipIf(bombs.length === 0)(
  'bombs that are too large are refused by their header; ../shared/corpora is needed',
  async () => {
    const harmful = bombs.filter(({ name }) => !decoded.includes(name));
    expect(harmful.length).toBe(13);
    for (const { name, read } of harmful) {
      const verdict = await judge(name, read());
      expect(verdict.by, name).toBe('measure');
      expect(['image_dimensions_too_large', 'unsupported_image_format'], name).toContain(verdict.code);
    }
  },
);

test.skipIf(bombs.length === 0)(
  'bombs within the limits are worked on in time and memory, and hold nobody up; ../shared/corpora is needed',
  { timeout: 120_000 },
  async () => {
    const lag = monitorEventLoopDelay({ resolution: 5 });
    lag.enable();
    for (const { name, read } of bombs.filter((bomb) => decoded.includes(bomb.name))) {
      const startedAt = performance.now();
      expect(await judge(name, read()), name).toEqual({ by: 'lab', code: 'ok' });
      expect(performance.now() - startedAt, name).toBeLessThan(20_000);
    }
    lag.disable();
    expect(lag.percentile(99) / 1e6).toBeLessThan(100);
    if (process.platform === 'linux') {
      for (const processId of lab.processIds()) expect(readPeakBytes(processId)).toBeLessThan(memoryBytes);
    }
  },
);

function readPeakBytes(processId: number): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
