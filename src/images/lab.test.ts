import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import {
  createPicture,
  decodePixels,
  findShared,
  imageLimits,
  openLab,
  readContent,
  toBase64Content,
  toContent,
  toJob,
  toRecipe,
} from '../../test/support/pictures.ts';
import { RetouchError } from '../core/errors.ts';
import { estimateEncodingBytes } from './lab/estimate.ts';
import type { Lab } from './lab.ts';
import { measure } from './measure.ts';
import type { Operation } from './recipe.ts';

const lab = openLab();
const small = await createPicture(60, 40).png().toBuffer();
/** Keeps a child busy for many seconds, unless it is ended. */
const large = await createPicture(3000, 3000).jpeg().toBuffer();
const endless: readonly Operation[] = Array.from({ length: 200 }, () => ({ op: 'rotate', degrees: 90 }));

afterAll(() => lab.close());

async function waitForWork(busy: Lab): Promise<number> {
  for (;;) {
    const [processId] = busy.processIds();
    // A child that has its picture has used more memory than one that waits for it.
    if (processId !== undefined && readResidentBytes(processId) > 160 * 1024 * 1024) return processId;
    await delay(10);
  }
}

function readResidentBytes(processId: number): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

const isLinux = process.platform === 'linux';

test('a picture goes in, and an edited one comes out in a spool', async () => {
  const spools = createMemorySpools();
  const result = await lab.render(
    toJob(small, [{ op: 'rotate', degrees: 90 }], { openSpool: spools.openSpool }),
  );
  expect(result).toMatchObject({ width: 40, height: 60, hasAlpha: false, format: 'png' });
  expect(result.content.encoding).toBe('binary');
  expect(await decodePixels(await readContent(result.content))).toMatchObject({ width: 40, height: 60 });
  expect(spools.opened).toEqual([{ size: result.content.bytes.size, released: false }]);
});

test('base64 text is decoded on its way', async () => {
  const plain = await lab.render(toJob(small, [{ op: 'invert' }]));
  const text = await lab.render(toJob(small, [{ op: 'invert' }], { image: toBase64Content(small) }));
  expect((await readContent(text.content)).equals(await readContent(plain.content))).toBe(true);
});

test('a mask and a foreign original travel along', async () => {
  const clear = await createPicture(60, 40).ensureAlpha(0).png().toBuffer();
  const solid = await createPicture(60, 40).ensureAlpha(1).png().toBuffer();
  const original = await createPicture(60, 40).negate().png().toBuffer();
  const run = async (mask: Buffer) => {
    const masked = { mask: toContent(mask), original: toContent(original) };
    return decodePixels(await readContent((await lab.render(toJob(small, [], masked))).content));
  };
  expect(await run(clear)).toEqual(await decodePixels(small));
  await expect(run(solid)).rejects.toMatchObject({ code: 'invalid_mask_image_format', param: 'mask' });
});

test('many jobs after one another use the same children, and leave no listeners behind', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  await Promise.all(Array.from({ length: 40 }, () => lab.render(toJob(small, [{ op: 'grayscale' }]))));
  process.off('warning', note);
  expect(warnings).toEqual([]);
  expect(lab.processIds().length).toBeLessThanOrEqual(2);
});

test('a damaged picture is the fault of the picture, and the next one is served by the same child', async () => {
  const before = lab.processIds();
  const half = large.subarray(0, large.length >> 1);
  await expect(lab.render(toJob(half, [], { imageName: 'image[7]' }))).rejects.toMatchObject({
    code: 'invalid_image_file',
    param: 'image[7]',
    message: expect.stringMatching(/^image\[7\] is damaged/),
  });
  await expect(lab.render(toJob(small, []))).resolves.toMatchObject({ width: 60 });
  expect(lab.processIds()).toEqual(before);
});

test('a refusal keeps its code, parameter and message across the pipe', async () => {
  const tooLarge: Operation = { op: 'scale', factor: 1_000 };
  const error = await lab.render(toJob(small, [tooLarge])).catch((reason) => reason);
  expect(error).toBeInstanceOf(RetouchError);
  expect(error).toMatchObject({ code: 'invalid_value', param: 'prompt' });
});

test.runIf(isLinux)(
  'a child knows nothing of its parent: no variables, no files, no network, no other programs',
  async () => {
    // biome-ignore lint/style/noProcessEnv: a secret to be looked for in the child
    process.env.RETOUCH_TEST_CANARY = 'canary-of-the-lab';
    const file = openSync(new URL(import.meta.url), 'r');
    const fresh = openLab({ maxProcesses: 1 });
    try {
      await fresh.render(toJob(small, []));
      const [processId] = fresh.processIds();
      const read = (name: string) => readFileSync(`/proc/${processId}/${name}`, 'utf8').split('\0');
      const names = read('environ').map((entry) => entry.split('=')[0]);
      const allowed = [
        'VIPS_BLOCK_UNTRUSTED',
        'VIPS_DISC_THRESHOLD',
        'FONTCONFIG_FILE',
        'MALLOC_ARENA_MAX',
        'PWD',
        '',
      ];
      expect(names.filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
      expect(read('environ').join()).not.toContain('canary');
      expect(read('cmdline')).toEqual(expect.arrayContaining(['--permission', '--allow-addons']));
      expect(
        read('cmdline').filter((argument) => /allow-(net|child|worker|wasi|fs-write)/.test(argument)),
      ).toEqual([]);
      const descriptors = readdirSync(`/proc/${processId}/fd`).map((name) => {
        const link = `/proc/${processId}/fd/${name}`;
        return existsSync(link) ? readlinkSync(link) : '';
      });
      expect(descriptors.filter((target) => target.startsWith('/') && target !== '/dev/null')).toEqual([]);
      const limits = readFileSync(`/proc/${processId}/limits`, 'utf8');
      expect(limits).toMatch(/Max data size\s+2281701376\s+2281701376/);
      expect(limits).toMatch(/Max file size\s+0\s+0/);
      expect(limits).toMatch(/Max core file size\s+0\s+0/);
    } finally {
      closeSync(file);
      // biome-ignore lint/style/noProcessEnv: the secret was only for this test
      delete process.env.RETOUCH_TEST_CANARY;
      await fresh.close();
    }
  },
);

test.runIf(isLinux)(
  'a job whose child the system kills gets another; killed again it fails, and the picture is not to blame',
  async () => {
    const busy = openLab({ maxProcesses: 1 });
    const spools = createMemorySpools();
    const job = busy.render(toJob(large, endless, { openSpool: spools.openSpool, imageName: 'image[2]' }));
    const outcome = job.catch((error) => error);
    const first = await waitForWork(busy);
    process.kill(first, 'SIGKILL');
    await expect.poll(() => busy.processIds()).not.toContain(first);
    const second = await waitForWork(busy);
    process.kill(second, 'SIGKILL');
    expect(await outcome).toMatchObject({
      code: 'server_busy',
      message: expect.stringMatching(/^The process that worked on image\[2\] was ended by the system/),
      cause: expect.stringContaining('SIGKILL'),
      retryAfterMs: expect.any(Number),
    });
    await expect(busy.render(toJob(small, []))).resolves.toMatchObject({ width: 60 });
    const [idle = expect.unreachable()] = busy.processIds();
    process.kill(idle, 'SIGKILL');
    await expect(busy.render(toJob(small, []))).resolves.toMatchObject({ width: 60 });
    expect(spools.opened.every(({ released }) => released)).toBe(true);
    await busy.close();
  },
);

test.runIf(isLinux)(
  'an aborted job ends at once, with its process, and gives its place to the next',
  async () => {
    const busy = openLab({ maxProcesses: 1 });
    const caller = new AbortController();
    const outcome = busy.render(toJob(large, endless, { signal: caller.signal })).catch((error) => error);
    const next = busy.render(toJob(small, []));
    const processId = await waitForWork(busy);
    const reason = new Error('the caller has gone');
    const abortedAt = performance.now();
    caller.abort(reason);
    expect(await outcome).toBe(reason);
    expect(performance.now() - abortedAt).toBeLessThan(100);
    await expect(next).resolves.toMatchObject({ width: 60 });
    expect(existsSync(`/proc/${processId}`)).toBe(false);
    await busy.close();
  },
);

test('who gives up while waiting, or before, is not served', async () => {
  const reason = new Error('gone');
  await expect(lab.render(toJob(small, [], { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  const starting = openLab({ maxProcesses: 1 });
  const caller = new AbortController();
  const outcome = starting.render(toJob(small, [], { signal: caller.signal })).catch((error) => error);
  await delay(20);
  caller.abort(reason);
  expect(await outcome).toBe(reason);
  await expect(starting.render(toJob(small, []))).resolves.toMatchObject({ width: 60 });
  await starting.close();
});

test('a job that takes too long is ended by the parent', async () => {
  const strict = openLab({ maxProcesses: 1, timeoutMs: 3_000 });
  await strict.render(toJob(small, []));
  const startedAt = performance.now();
  await expect(strict.render(toJob(large, endless, { imageName: 'image[1]' }))).rejects.toMatchObject({
    code: 'image_too_complex',
    param: 'image[1]',
    message: expect.stringContaining('Working on image[1] took more than 3 seconds'),
  });
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  await expect(strict.render(toJob(small, []))).resolves.toMatchObject({ width: 60 });
  await strict.close();
});

test('a job that outgrows the memory cap fails alone', async () => {
  const tight = openLab({ maxProcesses: 1, memoryBytes: 256 * 1024 * 1024 });
  const grow: Operation[] = [{ op: 'resize', width: 10_000, height: 5_000, fit: 'fill' }, { op: 'invert' }];
  await expect(tight.render(toJob(small, grow))).rejects.toMatchObject({
    code: 'image_too_complex',
    param: 'image',
  });
  await expect(tight.render(toJob(large, []))).resolves.toMatchObject({ width: 3000 });
  await tight.close();
});

test('a picture that is foreseen to take too much is refused, and tried where it is paid for', async () => {
  const tight = openLab({ maxProcesses: 1, memoryBytes: 190 * 1024 * 1024 });
  const job = toJob(large, [], { recipe: toRecipe([], { output: { format: 'jpeg', alpha: 'keep' } }) });
  const facts = await measure('image', job.image, imageLimits);
  const outline = { image: { name: 'image', facts }, fileBytes: large.length, hasMask: false, ...job.recipe };
  expect(() => tight.checkMemory(outline)).toThrow(/^image is 3000 x 3000 pixels, which take more memory/);
  await expect(tight.render(job)).rejects.toMatchObject({ code: 'image_too_complex' });
  await expect(tight.render({ ...job, isPaid: true })).resolves.toMatchObject({ width: 3000 });
  await tight.close();
});

test('a WebP without loss takes no more memory than is foreseen', async () => {
  const [width, height] = [4000, 3000];
  const picture = createPicture(width, height);
  const [image, mask] = [
    await picture.clone().jpeg({ quality: 95 }).toBuffer(),
    await picture.clone().ensureAlpha(0.5).png({ compressionLevel: 0 }).toBuffer(),
  ];
  const output = { format: 'webp', alpha: 'keep' } as const;
  const facts = await measure('image', toContent(image), imageLimits);
  const memoryBytes = estimateEncodingBytes(facts, { output, hasMask: true });
  const exact = openLab({ maxProcesses: 1, memoryBytes });
  const job = { mask: toContent(mask), recipe: toRecipe([{ op: 'modulate', brightness: 1.1 }], { output }) };
  await expect(exact.render(toJob(image, [], job))).resolves.toMatchObject({ width, height, format: 'webp' });
  await exact.close();
});

test('a full line is told at once, with when to come again', async () => {
  const busy = openLab({ maxProcesses: 1, maxQueued: 1 });
  const jobs = [1, 2].map(() => busy.render(toJob(small, [])));
  await expect(busy.render(toJob(small, []))).rejects.toMatchObject({
    code: 'server_busy',
    retryAfterMs: 2_000,
  });
  await Promise.all(jobs);
  await busy.close();
});

test('closing ends children and jobs, waiting ones too, and nothing starts afterwards', async () => {
  const closing = openLab({ maxProcesses: 1 });
  const jobs = [toJob(large, endless), toJob(small, [])].map((job) =>
    closing.render(job).catch((error) => error),
  );
  await delay(50);
  await closing.close();
  for (const job of jobs) expect(await job).toMatchObject({ code: 'server_stopping' });
  expect(closing.processIds()).toEqual([]);
  await expect(closing.render(toJob(small, []))).rejects.toMatchObject({ code: 'server_stopping' });
});

test('a child without work is let go', async () => {
  const frugal = openLab({ idleMs: 50 });
  await frugal.render(toJob(small, []));
  expect(frugal.processIds().length).toBe(1);
  while (frugal.processIds().length > 0) await delay(20);
  await expect(frugal.render(toJob(small, []))).resolves.toMatchObject({ width: 60 });
  await frugal.close();
});

test('a result that cannot be stored fails with the reason, and frees what was stored', async () => {
  const full = new RetouchError('storage_unavailable', 'The disk is full.');
  const spools = createMemorySpools(() => Promise.reject(full));
  await expect(lab.render(toJob(small, [], { openSpool: spools.openSpool }))).rejects.toBe(full);
  expect(spools.opened).toEqual([{ size: 0, released: true }]);
  await expect(lab.render(toJob(small, []))).resolves.toMatchObject({ width: 60 });
});

test('a picture that cannot be read from its place fails with the reason', async () => {
  const lost = new RetouchError('storage_unavailable', 'The disk is gone.');
  const bytes = {
    size: 1_000,
    async *read() {
      yield small.subarray(0, 10);
      throw lost;
    },
  };
  await expect(lab.render(toJob(small, [], { image: { encoding: 'binary', bytes } }))).rejects.toBe(lost);
  await expect(lab.render(toJob(small, []))).resolves.toMatchObject({ width: 60 });
});

test('a spool that is slow slows the child down, and nothing piles up in between', async () => {
  let longest = 0;
  const noisy = await createPicture(700, 700).png().toBuffer();
  const spools = createMemorySpools(async (piece) => {
    longest = Math.max(longest, piece.length);
    await delay(1);
  });
  const result = await lab.render(toJob(noisy, [], { openSpool: spools.openSpool }));
  expect(result.content.bytes.size).toBeGreaterThan(500_000);
  expect(longest).toBeLessThanOrEqual(65_536);
});

test.runIf(isLinux)('when the parent dies, so do the children, even in the middle of a job', async () => {
  const { spawn } = await import('node:child_process');
  const program = `
    import { openLab, toJob, createPicture } from ${JSON.stringify(new URL('../../test/support/pictures.ts', import.meta.url).href)};
    const lab = openLab({ maxProcesses: 1 });
    await lab.render(toJob(await createPicture(60, 40).png().toBuffer(), []));
    console.log(lab.processIds()[0]);
    lab.render(toJob(await createPicture(3000, 3000).jpeg().toBuffer(), ${JSON.stringify(endless)}));
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const processId = Number(String(line));
  while (readResidentBytes(processId) < 160 * 1024 * 1024) await delay(20);
  parent.kill('SIGKILL');
  const killedAt = performance.now();
  while (isRunning(processId)) await delay(20);
  expect(performance.now() - killedAt).toBeLessThan(3_000);
});

test.runIf(isLinux)('without a file descriptor left, the job fails and the parent lives', async () => {
  const { spawnSync } = await import('node:child_process');
  const program = `
    import { openSync } from 'node:fs';
    import { openLab, toJob, createPicture } from ${JSON.stringify(new URL('../../test/support/pictures.ts', import.meta.url).href)};
    const picture = await createPicture(60, 40).png().toBuffer();
    const lab = openLab({ maxProcesses: 1 });
    try {
      for (;;) openSync('/dev/null', 'r');
    } catch {}
    console.log(await lab.render(toJob(picture, [])).catch((error) => error.code + ' ' + error.cause));
    await lab.close();
  `;
  const command = 'ulimit -n 60 && exec "$0" --input-type=module --eval "$1"';
  const { stdout, status } = spawnSync('/bin/sh', ['-c', command, process.execPath, program], {
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^internal_error .*(EMFILE|ended with)/);
  expect(status).toBe(0);
});

/** Ended and not yet buried counts as ended. */
function isRunning(processId: number): boolean {
  try {
    return !/State:\s+Z/.test(readFileSync(`/proc/${processId}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const photos = findShared('data/photos').filter(({ name }) => name !== 'ORIGIN');

test.skipIf(photos.length === 0)(
  'photographs go through every output format; ../shared/data is needed',
  async () => {
    for (const { name, read } of photos) {
      const { width, height } = await decodePixels(read());
      for (const format of ['png', 'jpeg', 'webp'] as const) {
        const recipe = toRecipe([{ op: 'modulate', saturation: 1.2 }], {
          output: { format, alpha: 'keep', compression: 85 },
        });
        expect(await lab.render(toJob(read(), [], { recipe })), name).toMatchObject({
          width,
          height,
          format,
        });
      }
    }
  },
);

test('the parent answers others while pictures are worked on', async () => {
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  const recipe = toRecipe([{ op: 'rotate', degrees: 90 }], { output: { format: 'jpeg', alpha: 'keep' } });
  await Promise.all(
    [1, 2].map(() => lab.render(toJob(large, [], { image: toBase64Content(large), recipe }))),
  );
  lag.disable();
  expect(lag.percentile(90) / 1e6).toBeLessThan(100);
});
