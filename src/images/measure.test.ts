import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import {
  createPicture,
  findShared,
  imageLimits,
  readContent,
  toBase64Content,
  toContent,
} from '../../test/support/pictures.ts';
import type { Bytes } from '../core/bytes.ts';
import { measure } from './measure.ts';

const photograph = createPicture(60, 40);
const look = (bytes: Uint8Array, limits = imageLimits) => measure('image[3]', toContent(bytes), limits);
const refused = (code: string, message: string) =>
  expect.objectContaining({ code, param: 'image[3]', message });
const damaged = (kind: string, why: string) =>
  refused(
    'invalid_image_file',
    `image[3] is ${kind}, but damaged: ${why}. Save it again with an image program and send that file.`,
  );

test.each(['jpeg', 'png', 'webp'] as const)(
  'a %s says its size in each of the eight orientations',
  async (format) => {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const bytes = await photograph.clone().withMetadata({ orientation }).toFormat(format).toBuffer();
      const facts = await look(bytes);
      const { info } = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
      expect(facts).toEqual({
        format,
        width: 60,
        height: 40,
        orientedWidth: info.width,
        orientedHeight: info.height,
        orientation,
        hasAlpha: false,
        progressive: false,
        frames: 1,
      });
    }
  },
);

test.each(['II', 'MM'])('EXIF in byte order %s is read, wherever its directory lies', async (order) => {
  const tiff = Buffer.alloc(60);
  const little = order === 'II';
  const put16 = (value: number, at: number) =>
    little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const put32 = (value: number, at: number) =>
    little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(order, 0, 'latin1');
  put16(42, 2);
  put32(30, 4);
  put16(2, 30);
  put16(0x010f, 32);
  put16(2, 34);
  put16(0x0112, 44);
  put16(3, 46);
  put32(1, 48);
  put16(8, 52);
  const exif = toSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]));
  const xmp = toSegment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x/>'));
  const facts = await look(insert(await photograph.clone().jpeg().toBuffer(), 2, xmp, exif));
  expect(facts).toMatchObject({ orientation: 8, orientedWidth: 40, orientedHeight: 60 });
});

test('EXIF that makes no sense counts as upright', async () => {
  const jpeg = await photograph.clone().jpeg().toBuffer();
  const blocks = [
    '',
    'II',
    'II*\0\xff\xff\xff\xff',
    'XX*\0\x08\0\0\0',
    'II*\0\x08\0\0\0\xff\xff',
    'II*\0\x08\0\0\0\x01\0',
  ];
  for (const block of blocks) {
    const exif = toSegment(0xe1, Buffer.from(`Exif\0\0${block}`, 'latin1'));
    expect(await look(insert(jpeg, 2, exif))).toMatchObject({ orientation: 1, width: 60 });
  }
});

test('progressive, interlaced and transparent pictures say so', async () => {
  const clear = photograph.clone().ensureAlpha(0.5);
  expect(await look(await photograph.clone().jpeg({ progressive: true }).toBuffer())).toMatchObject({
    progressive: true,
  });
  expect(await look(await photograph.clone().png({ progressive: true }).toBuffer())).toMatchObject({
    progressive: true,
  });
  expect(await look(await clear.clone().png().toBuffer())).toMatchObject({
    hasAlpha: true,
    progressive: false,
  });
  expect(await look(await clear.clone().png({ palette: true }).toBuffer())).toMatchObject({ hasAlpha: true });
  expect(await look(await clear.clone().webp().toBuffer())).toMatchObject({
    hasAlpha: true,
    width: 60,
    height: 40,
  });
  expect(await look(await clear.clone().webp({ lossless: true }).toBuffer())).toMatchObject({
    hasAlpha: true,
  });
});

test('animations are told from still pictures', async () => {
  const animated = await sharp(await toAnimation(), { animated: true })
    .webp()
    .toBuffer();
  expect(await look(animated)).toMatchObject({ frames: 2, width: 60, height: 40 });
  const control = Buffer.alloc(8);
  control.writeUInt32BE(5, 0);
  const png = insert(await photograph.clone().png().toBuffer(), 33, toChunk('acTL', control));
  expect(await look(png)).toMatchObject({ frames: 5 });
});

test('base64 text is measured like the bytes it stands for', async () => {
  const bytes = await photograph.clone().withMetadata({ orientation: 6 }).webp().toBuffer();
  expect(await measure('image', toBase64Content(bytes), imageLimits)).toEqual(await look(bytes));
});

test('a large picture with much metadata is measured by a few small pieces', async () => {
  const colours = Array.from({ length: 20 }, () => toSegment(0xe2, Buffer.alloc(65_000, 'ICC')));
  const jpeg = insert(await createPicture(2000, 1500).jpeg({ quality: 100 }).toBuffer(), 2, ...colours);
  let bytesRead = 0;
  const counted: Bytes = {
    size: jpeg.length,
    async *read(start = 0, end = jpeg.length) {
      bytesRead += end - start;
      yield jpeg.subarray(start, end);
    },
  };
  const facts = await measure('image', { encoding: 'binary', bytes: counted }, imageLimits);
  expect(facts).toMatchObject({ width: 2000, height: 1500 });
  expect(jpeg.length).toBeGreaterThan(2_000_000);
  expect(bytesRead).toBeLessThan(32_000);
});

test('a header without end is given up, soon and without blocking', async () => {
  const jpeg = await photograph.clone().jpeg().toBuffer();
  const segments = insert(
    jpeg,
    toEndOfFirstSegment(jpeg),
    Buffer.alloc(20_000_000, Buffer.from([0xff, 0xe0, 0, 2])),
  );
  const garbage = insert(jpeg, toEndOfFirstSegment(jpeg), Buffer.alloc(20_000_000));
  const endless = 'its header is longer than that of any real picture';
  const startedAt = performance.now();
  await expect(look(segments)).rejects.toThrow(damaged('a JPEG', endless));
  await expect(look(garbage)).rejects.toThrow(damaged('a JPEG', endless));
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test('stray bytes between segments are skipped, as decoders do', async () => {
  const jpeg = await photograph.clone().jpeg().toBuffer();
  const stray = Buffer.from([0, 1, 2, 0xff, 0xff]);
  expect(await look(insert(jpeg, toEndOfFirstSegment(jpeg), stray))).toMatchObject({ width: 60, height: 40 });
});

test('limits of side and area are held, and named', async () => {
  const png = await photograph.clone().png().toBuffer();
  expect(await look(png, { maxImageSide: 60, maxImagePixels: 2400 })).toMatchObject({ width: 60 });
  const message =
    'image[3] is 60 x 40 pixels; expected at most 59 pixels on each side and 1,000,000 in all. ' +
    'Make it smaller and send it again.';
  await expect(look(png, { maxImageSide: 59, maxImagePixels: 1_000_000 })).rejects.toThrow(
    refused('image_dimensions_too_large', message),
  );
  await expect(look(png, { maxImageSide: 60, maxImagePixels: 2399 })).rejects.toThrow(
    expect.objectContaining({ code: 'image_dimensions_too_large', param: 'image[3]' }),
  );
});

test.each([
  ['a GIF', Buffer.from('GIF89a\x01\0\x01\0')],
  ['empty', Buffer.alloc(0)],
  ['JSON text', Buffer.from('{"a":1}')],
])('what is %s is refused, saying so', async (name, bytes) => {
  await expect(look(bytes)).rejects.toThrow(
    refused('unsupported_image_format', `image[3] is ${name}; expected PNG, JPEG or WebP.`),
  );
});

test('kinds of JPEG that few programs read are refused by name', async () => {
  const jpeg = await photograph.clone().jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const arithmetic = change(jpeg, frame + 1, 0xc9);
  await expect(look(arithmetic)).rejects.toThrow(
    refused(
      'unsupported_image_format',
      'image[3] is a JPEG of a rare kind (lossless, hierarchical or arithmetic); expected PNG, JPEG or WebP.',
    ),
  );
  await expect(look(change(jpeg, frame + 4, 12))).rejects.toThrow(
    expect.objectContaining({ code: 'unsupported_image_format' }),
  );
});

test('damage in a JPEG header is refused with its reason', async () => {
  const jpeg = await photograph.clone().jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  await expect(look(change(jpeg, frame + 5, 0, 0))).rejects.toThrow(
    damaged('a JPEG', 'its size is 60 x 0 pixels'),
  );
  await expect(look(change(jpeg, frame + 9, 7))).rejects.toThrow(
    damaged('a JPEG', 'it has 7 colour components instead of 1, 3 or 4'),
  );
  await expect(look(jpeg.subarray(0, frame + 6))).rejects.toThrow(
    damaged('a JPEG', 'it ends within its header'),
  );
  await expect(look(insert(jpeg, 2, Buffer.from([0xff, 0xd9])))).rejects.toThrow(
    damaged('a JPEG', 'it ends before its pixel data'),
  );
  await expect(look(insert(jpeg, 2, Buffer.from([0xff, 0xe0, 0, 1])))).rejects.toThrow(
    damaged('a JPEG', 'the segment at byte 4 has an impossible length'),
  );
  const twice = insert(jpeg, frame, jpeg.subarray(frame, frame + 2 + jpeg.readUInt16BE(frame + 2)));
  await expect(look(twice)).rejects.toThrow(damaged('a JPEG', 'it has two frame headers'));
});

test('damage in a PNG header is refused with its reason', async () => {
  const png = await photograph.clone().png().toBuffer();
  const palette = await photograph.clone().png({ palette: true }).toBuffer();
  const plte = palette.indexOf('PLTE') - 4;
  const afterPlte = plte + 12 + palette.readUInt32BE(plte);
  const without = Buffer.concat([palette.subarray(0, plte), palette.subarray(afterPlte)]);
  await expect(look(without)).rejects.toThrow(damaged('a PNG', 'its palette is missing (no PLTE chunk)'));
  await expect(look(change(png, 17, 9))).rejects.toThrow(
    damaged('a PNG', 'the checksum of its header (IHDR) is wrong'),
  );
  await expect(look(insert(png, 8, toChunk('tEXt', Buffer.from('a\0b'))))).rejects.toThrow(
    damaged('a PNG', 'it begins with the chunk tEXt instead of IHDR'),
  );
  await expect(look(insert(png, 33, toChunk('IEND', Buffer.alloc(0))))).rejects.toThrow(
    damaged('a PNG', 'it has no pixel data (no IDAT chunk)'),
  );
  await expect(look(insert(png, 33, Buffer.alloc(12)))).rejects.toThrow(
    damaged('a PNG', 'there is no valid chunk at byte 33'),
  );
  await expect(look(png.subarray(0, 30))).rejects.toThrow(damaged('a PNG', 'it ends within its header'));
  const empty = Buffer.from(png);
  empty.writeUInt32BE(0, 16);
  empty.writeUInt32BE(crc32(empty.subarray(12, 29)), 29);
  await expect(look(empty)).rejects.toThrow(damaged('a PNG', 'its size is 0 x 40 pixels'));
});

test('damage in a WebP header is refused with its reason', async () => {
  const webp = await photograph.clone().webp().toBuffer();
  const extended = await photograph.clone().ensureAlpha(0.5).webp().toBuffer();
  await expect(look(webp.subarray(0, 200))).rejects.toThrow(
    damaged('a WebP', `it says it has ${webp.length} bytes, but ends after 200`),
  );
  await expect(look(change(webp, 23, 0))).rejects.toThrow(
    damaged('a WebP', 'its VP8 frame has no valid start'),
  );
  await expect(look(change(webp, 12, 0x58))).rejects.toThrow(
    damaged('a WebP', 'it begins with the chunk "XP8 ", which is no picture'),
  );
  await expect(look(change(extended, 24, 99))).rejects.toThrow(
    damaged('a WebP', 'its frame has another size than its canvas'),
  );
});

const photos = findShared('data/photos').filter(({ name }) => name !== 'ORIGIN');

test.skipIf(photos.length === 0)(
  'photographs are measured as decoders see them; ../shared/data is needed',
  async () => {
    for (const { name, read } of photos) {
      const { width, height, hasAlpha } = await sharp(read()).metadata();
      expect(await look(read()), name).toMatchObject({ width, height, hasAlpha, frames: 1 });
    }
  },
);

test('no file, however cut, throws anything but an error for the caller', async () => {
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const bytes = await photograph.clone().withMetadata({ orientation: 6 }).toFormat(format).toBuffer();
    for (let length = 0; length < Math.min(bytes.length, 400); length += 1) {
      const result = await look(bytes.subarray(0, length)).catch((error) => error);
      expect([undefined, 'invalid_image_file', 'unsupported_image_format']).toContain(result.code);
    }
    for (let at = 0; at < Math.min(bytes.length, 400); at += 1) {
      const result = await look(change(bytes, at, (bytes[at] ?? 0) ^ 0xff)).catch((error) => error);
      expect(result.code === undefined || result.param === 'image[3]', `${format} ${at}: ${result}`).toBe(
        true,
      );
    }
  }
});

test('reading a content does not change it', async () => {
  const bytes = await photograph.clone().jpeg().toBuffer();
  const content = toContent(bytes);
  await measure('image', content, imageLimits);
  expect((await readContent(content)).equals(bytes)).toBe(true);
});

function insert(bytes: Buffer, at: number, ...pieces: Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), ...pieces, bytes.subarray(at)]);
}

/** After the start marker comes one segment that every JPEG has. */
function toEndOfFirstSegment(jpeg: Buffer): number {
  return 4 + jpeg.readUInt16BE(4);
}

function change(bytes: Buffer, at: number, ...values: number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
}

function toSegment(marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

function toChunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), body]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length, 0);
  ends.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}

function toAnimation(): Promise<Buffer> {
  const frames = [createPicture(60, 40).png(), createPicture(60, 40).negate().png()];
  return Promise.all(frames.map((frame) => frame.toBuffer())).then((buffers) =>
    sharp(buffers, { join: { animated: true } })
      .gif()
      .toBuffer(),
  );
}
