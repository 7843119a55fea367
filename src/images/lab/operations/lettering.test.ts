import { expect, test } from 'vitest';
import { imageLimits } from '../../../../test/support/pictures.ts';
import { createRaster, runOperation } from '../../../../test/support/rasters.ts';
import type { Anchor, Operation } from '../../recipe.ts';
import type { Box } from '../paint.ts';
import type { Raster } from '../raster.ts';
import { operate } from './index.ts';

const grey = () => createRaster(300, 200, [90, 90, 90, 255]);
const caption = (text: string, more: Partial<Extract<Operation, { op: 'caption' }>> = {}): Operation => ({
  ...{ op: 'caption', text, anchor: 'bottom', colour: '#ffffff', sizeFraction: 0.1 },
  ...more,
});

/** The box around all pixels that are not as in `before`; undefined when all are. */
function findChange(before: Raster, after: Raster) {
  const columns: number[] = [];
  const rows: number[] = [];
  for (let pixel = 0; pixel < before.width * before.height; pixel += 1) {
    const at = pixel * 4;
    const same = [0, 1, 2, 3].every((index) => before.data[at + index] === after.data[at + index]);
    if (same) continue;
    columns.push(pixel % before.width);
    rows.push(Math.floor(pixel / before.width));
  }
  if (rows.length === 0) return undefined;
  const range = (values: number[]) =>
    values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const, [
      Infinity,
      -Infinity,
    ] as const);
  const [left, right] = range(columns);
  const [top, bottom] = range(rows);
  return { left, right, top, bottom, width: right - left + 1, height: bottom - top + 1 };
}

const getChange = (before: Raster, after: Raster) => {
  const change = findChange(before, after);
  if (change === undefined) throw new Error('nothing has changed');
  return change;
};

test('a caption is written in its colour, with a dark edge on a light one', async () => {
  const result = await runOperation(grey(), caption('Hello'));
  const tones = new Set(result.data.filter((_, index) => index % 4 === 0));
  expect(tones.has(255)).toBe(true);
  expect(Math.min(...tones)).toBeLessThan(45);
  const dark = await runOperation(grey(), caption('Hello', { colour: '#000000' }));
  expect(Math.max(...dark.data.filter((_, index) => index % 4 === 0))).toBeGreaterThan(180);
});

test.each<[Anchor, readonly number[]]>([
  ['top-left', [0, 0]],
  ['top', [0.5, 0]],
  ['top-right', [1, 0]],
  ['left', [0, 0.5]],
  ['center', [0.5, 0.5]],
  ['right', [1, 0.5]],
  ['bottom-left', [0, 1]],
  ['bottom', [0.5, 1]],
  ['bottom-right', [1, 1]],
])('a caption at %s lies there', async (anchor, [across = 0, down = 0]) => {
  const { left, top, width, height } = getChange(
    grey(),
    await runOperation(grey(), caption('Hi', { anchor })),
  );
  const middle = [(left + width / 2) / 300, (top + height / 2) / 200];
  expect(middle[0]).toBeGreaterThan(across * 0.66);
  expect(middle[0]).toBeLessThan(0.34 + across * 0.66);
  expect(middle[1]).toBeGreaterThan(down * 0.66);
  expect(middle[1]).toBeLessThan(0.34 + down * 0.66);
});

test('a long caption wraps, and shrinks where even that is not enough', async () => {
  const short = getChange(grey(), await runOperation(grey(), caption('word')));
  const words = getChange(grey(), await runOperation(grey(), caption('word '.repeat(12))));
  expect(words.height).toBeGreaterThan(short.height * 1.8);
  expect(words.width).toBeLessThanOrEqual(300);
  const many = getChange(
    grey(),
    await runOperation(grey(), caption('words and words '.repeat(12), { sizeFraction: 0.5 })),
  );
  expect(many.height).toBeLessThanOrEqual(200);
  const unbroken = getChange(grey(), await runOperation(grey(), caption('x'.repeat(120))));
  expect(unbroken.width).toBeLessThanOrEqual(300);
});

test('words are set smaller rather than broken', async () => {
  const narrow = () => createRaster(90, 600, [90, 90, 90, 255]);
  const one = getChange(narrow(), await runOperation(narrow(), caption('Coffee', { sizeFraction: 0.4 })));
  const three = getChange(
    narrow(),
    await runOperation(narrow(), caption('Good coffee here', { sizeFraction: 0.4 })),
  );
  // Three lines, of which "coffee" is the widest: as wide as it is alone.
  expect(Math.abs(three.width - one.width)).toBeLessThan(8);
  expect(three.height).toBeGreaterThan(one.height * 2);
  expect(three.height).toBeLessThan(one.height * 5);
});

test('mark-up in a caption is text like any other', async () => {
  const tag = getChange(grey(), await runOperation(grey(), caption('<b>bold</b>')));
  const plain = getChange(grey(), await runOperation(grey(), caption('bold')));
  expect(tag.width).toBeGreaterThan(plain.width * 1.5);
  for (const text of ['<b', '&', '&amp;', '</span>', '<span font="99999">x</span>', '"\'`']) {
    expect(findChange(grey(), await runOperation(grey(), caption(text))), text).toBeDefined();
  }
});

test('other alphabets are drawn; signs the font has not are named', async () => {
  for (const text of ['Größe', 'Ελληνικά', 'Привет', 'שלום', 'مرحبا', 'a\u0301\u200db\ufe0f']) {
    expect(findChange(grey(), await runOperation(grey(), caption(text))), text).toBeDefined();
  }
  await expect(runOperation(grey(), caption('sale 大売出し 🎉'))).rejects.toMatchObject({
    code: 'invalid_value',
    message: 'The caption has characters that the built-in font cannot draw: 大 売 出 し 🎉.',
  });
});

test('control characters and half characters are left out, not drawn', async () => {
  const clean = await runOperation(grey(), caption('ab'));
  const dirty = await runOperation(grey(), caption('\u0000a\u0007b\u001b\u0085 \n'));
  expect(dirty.data).toEqual(clean.data);
  await expect(runOperation(grey(), caption('\ud800'))).resolves.toBeDefined();
});

test.each([
  ['nothing', ''],
  ['only white space', ' \n\t '],
  ['too many characters', 'x'.repeat(501)],
])('a caption of %s is refused', async (_, text) => {
  await expect(runOperation(grey(), caption(text))).rejects.toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining('expected 1 to 500'),
  });
});

test('a caption that no size makes fit is refused', async () => {
  await expect(
    runOperation(createRaster(20, 20), caption('too much for such a picture')),
  ).rejects.toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining('does not fit on a picture of 20 x 20 pixels'),
  });
});

test('a huge size for a long caption is brought down before the text is set', async () => {
  const before = createRaster(1000, 800);
  const after = await runOperation(
    createRaster(1000, 800),
    caption('word '.repeat(99), { sizeFraction: 100 }),
  );
  expect(getChange(before, after).height).toBeLessThanOrEqual(800);
});

/** Runs an operation as if a mask opened a box, and nothing else. */
function runInside(raster: Raster, operation: Operation, open: Box): Promise<Raster> {
  const background = { r: 0, g: 0, b: 0, alpha: 0 };
  return operate(raster, operation, { background, limits: imageLimits, open });
}

test.each<Anchor>([
  ...(['top-left', 'top', 'top-right', 'left', 'center', 'right'] as const),
  ...(['bottom-left', 'bottom', 'bottom-right'] as const),
])('where a mask opens a box, a caption at %s lies in it', async (anchor) => {
  const open = { left: 150, top: 20, width: 120, height: 60 };
  const { left, right, top, bottom } = getChange(
    grey(),
    await runInside(grey(), caption('Hello', { anchor }), open),
  );
  const halo = 6;
  expect(left).toBeGreaterThanOrEqual(open.left - halo);
  expect(right).toBeLessThan(open.left + open.width + halo);
  expect(top).toBeGreaterThanOrEqual(open.top - halo);
  expect(bottom).toBeLessThan(open.top + open.height + halo);
});

test.each([
  [
    { left: 0, top: 0, width: 20, height: 6 },
    'fit into the largest box that the mask opens, 20 x 6 pixels, in letters of 8 pixels or more',
  ],
  [{ left: 0, top: 0, width: 0, height: 0 }, '0 x 0 pixels'],
])('a caption that cannot be read in what the mask opens is refused: %j', async (open, message) => {
  await expect(runInside(grey(), caption('Hello'), open)).rejects.toMatchObject({
    ...{ code: 'invalid_value', param: 'prompt' },
    message: expect.stringContaining(message),
  });
});

const stamp = (title: string, text: string): Operation => ({ op: 'stamp', title, text });

test('a stamp is a band along the foot, larger for more text, to two fifths at most', async () => {
  const before = createRaster(600, 400, [200, 200, 200, 255]);
  const copy = () => ({ ...before, data: before.data.slice() });
  const short = getChange(before, await runOperation(copy(), stamp('TEST MODE', 'add a hat')));
  expect(short).toMatchObject({ left: 0, right: 599, bottom: 399 });
  const long = getChange(
    before,
    await runOperation(copy(), stamp('TEST MODE', 'add a hat and '.repeat(2_000))),
  );
  expect(long.height).toBeGreaterThan(short.height);
  expect(long.height).toBeLessThanOrEqual(400 * 0.45);
});

test.each([
  [1, 1],
  [3, 300],
  [300, 3],
  [40, 40],
])('a stamp works on a picture of %i x %i', async (width, height) => {
  const result = await runOperation(
    createRaster(width, height),
    stamp('TEST MODE', 'prompt 漢字 <b> & \u0000'),
  );
  expect({ width: result.width, height: result.height }).toEqual({ width, height });
  expect(result.data).not.toEqual(createRaster(width, height).data);
});

test('where a mask opens a box, the stamp lies at its foot, with the whole title', async () => {
  const open = { left: 40, top: 10, width: 150, height: 80 };
  const change = getChange(grey(), await runInside(grey(), stamp('TEST MODE', 'add a hat'), open));
  expect(change).toMatchObject({ left: 40, right: 189, bottom: 89 });
  expect(change.top).toBeGreaterThanOrEqual(10);
  expect(change.height).toBeGreaterThan(20);
});

test('where a mask opens a flat box, the title alone fills it', async () => {
  const open = { left: 0, top: 100, width: 90, height: 22 };
  const change = getChange(grey(), await runInside(grey(), stamp('TEST MODE', 'add a hat'), open));
  expect(change.top).toBeGreaterThanOrEqual(100);
  expect(change.bottom).toBe(121);
});

test.each([
  [40, 40],
  [1, 300],
  [300, 6],
  [0, 0],
])('where a mask opens no more than %i x %i, all of it is hatched in two tones', async (width, height) => {
  for (const tone of [12, 128, 255]) {
    const before = createRaster(300, 200, [tone, tone, tone, 255]);
    const copy = createRaster(300, 200, [tone, tone, tone, 255]);
    const after = await runInside(copy, stamp('TEST MODE', 'add a hat'), { left: 0, top: 0, width, height });
    const changed = after.data.filter((value, index) => Math.abs(value - (before.data[index] ?? 0)) > 40);
    expect(changed.length).toBeGreaterThan((before.data.length / 4) * 0.3);
  }
});

test('a stamp of empty words is still a mark', async () => {
  const result = await runOperation(grey(), stamp('', ''));
  expect(findChange(grey(), result)).toBeDefined();
});
