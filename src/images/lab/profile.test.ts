import sharp from 'sharp';
import { expect, test } from 'vitest';
import { createPicture } from '../../../test/support/pictures.ts';
import { createRaster, getPixel } from '../../../test/support/rasters.ts';
import { addProfile } from './png-profile.ts';
import { readProfile, toProfile } from './profile.ts';

async function createProfile(name: 'p3' | 'srgb'): Promise<Buffer> {
  const picture = await createPicture(8, 8).withIccProfile(name).png().toBuffer();
  return (await sharp(picture).metadata()).icc ?? expect.unreachable();
}

const p3 = await createProfile('p3');
const open = (width: number) => ({ data: new Uint8Array(width), width, height: 1 });
/** Every second step of each channel, and some in between. */
const colours = [0, 1, 2, 10, 30, 64, 100, 128, 180, 220, 254, 255].flatMap((red) =>
  [0, 5, 90, 200, 255].flatMap((green) => [0, 40, 160, 255].map((blue) => [red, green, blue, 255] as const)),
);

test('colours are brought into a profile as colour management does it, to a step', async () => {
  const profile = readProfile(p3) ?? expect.unreachable();
  expect(profile.isSrgb).toBe(false);
  const data = Buffer.from(colours.flat());
  const raw = { width: colours.length, height: 1, channels: 4 } as const;
  const managed = await sharp(data, { raw }).withIccProfile('p3').png().toBuffer();
  const expected = await sharp(managed, { ignoreIcc: true }).ensureAlpha().raw().toBuffer();
  const raster = createRaster(colours.length, 1, [0, 0, 0, 0]);
  raster.data.set(data);
  toProfile(raster, profile, open(colours.length));
  const gaps = raster.data.map((value, index) => Math.abs(value - (expected[index] ?? 0)));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(1);
});

test('where the mask keeps the original wholly nothing is done', () => {
  const profile = readProfile(p3) ?? expect.unreachable();
  const raster = createRaster(2, 1, [255, 0, 0, 200]);
  toProfile(raster, profile, { data: new Uint8Array([255, 254]) });
  expect(getPixel(raster, 0, 0)).toEqual([255, 0, 0, 200]);
  expect(getPixel(raster, 1, 0)).not.toEqual([255, 0, 0, 200]);
  expect(getPixel(raster, 1, 0)[3]).toBe(200);
});

test('sRGB is known when it is seen', async () => {
  expect(readProfile(await createProfile('srgb'))?.isSrgb).toBe(true);
});

/** A profile with the matrix of P3 and curves of one kind. */
function withCurves(curve: Buffer): Buffer {
  const bytes = Buffer.concat([p3, curve]);
  const count = bytes.readUInt32BE(128);
  for (let at = 132; at < 132 + count * 12; at += 12) {
    if (!bytes.toString('latin1', at, at + 4).endsWith('TRC')) continue;
    bytes.writeUInt32BE(p3.length, at + 4);
  }
  return bytes;
}
const fixed = (...numbers: number[]) => {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeInt32BE(Math.round(number * 65_536), index * 4);
  return bytes;
};
const para = (kind: number, ...numbers: number[]) =>
  Buffer.concat([Buffer.from('para\0\0\0\0', 'latin1'), Buffer.from([0, kind, 0, 0]), fixed(...numbers)]);
const curv = (...values: number[]) => {
  const bytes = Buffer.alloc(12 + values.length * 2);
  bytes.write('curv', 'latin1');
  bytes.writeUInt32BE(values.length, 8);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 12 + index * 2);
  return bytes;
};

test.each<[string, Buffer, number, number]>([
  ['no curve', curv(), 0.5, 0.5],
  ['one number', curv(2 * 256), 0.5, 0.25],
  ['a table', curv(0, 16_384, 65_535), 0.25, 0.125],
  ['a power', para(0, 2), 0.5, 0.25],
  ['a power from a point on', para(1, 2, 2, -1), 0.2, 0],
  ['the same, beyond it', para(1, 2, 2, -1), 0.75, 0.25],
  ['a power on a base', para(2, 2, 1.2, -0.22, 0.04), 0.1, 0.04],
  ['a line, then a power', para(3, 2, 1, 0, 0.5, 0.5), 0.2, 0.1],
  ['the same, beyond it', para(3, 2, 1, 0, 0.5, 0.5), 0.6, 0.36],
  ['all of it', para(4, 2, 0.9, 0.05, 0.5, 0.5, 0.1, 0.02), 0.2, 0.12],
  ['the same, beyond it', para(4, 2, 0.9, 0.05, 0.5, 0.5, 0.1, 0.02), 0.6, 0.448],
])('%s of a profile is read', (_what, curve, stored, light) => {
  const profile = readProfile(withCurves(curve)) ?? expect.unreachable();
  for (const toLight of profile.curves) expect(toLight(stored)).toBeCloseTo(light, 3);
});

test('what is none, or another kind of profile, is not followed', () => {
  const lut = Buffer.from(p3);
  lut.write('A2B0', 132, 'latin1');
  const grey = Buffer.from(p3);
  grey.write('GRAY', 16, 'latin1');
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.alloc(500),
    lut,
    grey,
    withCurves(para(9, 1)),
    withCurves(curv(1, 2).subarray(0, 13)),
  ]) {
    expect(readProfile(bytes)).toBeUndefined();
  }
  for (let length = 0; length < p3.length; length += 7) readProfile(p3.subarray(0, length));
});

test.each<[string, Buffer]>([
  ['falls', curv(65_535, 0)],
  ['falls on its way', curv(0, 40_000, 30_000, 65_535)],
  ['is always black', curv(0, 0)],
  ['is always white', para(0, 0)],
  ['begins with all the light there is, and more', para(0, -1)],
  ['is no number anywhere', para(3, 2.4, 1, -2, 0.5, 0)],
  ['is no number for what is dark', para(1, 2.2, 0, 0)],
  ['never comes near white', curv(0, 30_000)],
  ['goes far beyond white', para(1, 2, 2, 0)],
  ['has no black', curv(20_000, 65_535)],
])('a profile whose curve %s leads no colour back, and is not followed', (_how, curve) => {
  expect(readProfile(withCurves(curve))).toBeUndefined();
});

test('a PNG takes a profile along, and stays the same picture', async () => {
  const png = await createPicture(40, 30).png().toBuffer();
  const tagged = await addProfile(png, p3);
  expect((await sharp(tagged).metadata()).icc?.equals(p3)).toBe(true);
  const pixels = (bytes: Buffer) => sharp(bytes, { ignoreIcc: true, failOn: 'warning' }).raw().toBuffer();
  expect((await pixels(tagged)).equals(await pixels(png))).toBe(true);
});
