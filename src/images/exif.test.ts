import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { createPicture, imageLimits, toContent } from '../../test/support/pictures.ts';
import { measure } from './measure.ts';

/** A TIFF block that says nothing but an orientation. */
function toExif(orientation: number): Buffer {
  const block = Buffer.alloc(26);
  block.write('II*\0', 'latin1');
  block.writeUInt32LE(8, 4);
  for (const [index, value] of [1, 0x0112, 3, 1, 0, orientation].entries()) {
    block.writeUInt16LE(value, 8 + index * 2);
  }
  return block;
}

const latin = (text: string) => Buffer.from(text, 'latin1');
const png = await createPicture(40, 20).png().toBuffer();
const jpeg = await createPicture(40, 20).jpeg().toBuffer();
const webpFrame = (await createPicture(40, 20).webp().toBuffer()).subarray(12);

function toPngChunk(type: string, content: Buffer): Buffer {
  const [length, checksum, body] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.concat([latin(type), content])];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function toRiffChunk(type: string, content: Buffer): Buffer {
  const head = Buffer.concat([latin(type), Buffer.alloc(4)]);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

function toWebp(flags: number, before: readonly Buffer[], after: readonly Buffer[]): Buffer {
  const [first, last] = [before, after].map((all) => all.map((block) => toRiffChunk('EXIF', block)));
  const canvas = Buffer.from([flags, 0, 0, 0, 39, 0, 0, 19, 0, 0]);
  return toRiffChunk(
    'RIFF',
    Buffer.concat([latin('WEBP'), toRiffChunk('VP8X', canvas), ...(first ?? []), webpFrame, ...(last ?? [])]),
  );
}

const withExif = 0x08;
const files = {
  png: (blocks: readonly Buffer[]) =>
    Buffer.concat([
      png.subarray(0, 33),
      ...blocks.map((block) => toPngChunk('eXIf', block)),
      png.subarray(33),
    ]),
  jpeg(blocks: readonly Buffer[]) {
    const segments = blocks.map((block) => {
      const body = Buffer.concat([latin('\xff\xe1\0\0Exif\0\0'), block]);
      body.writeUInt16BE(body.length - 2, 2);
      return body;
    });
    return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
  },
  'webp (before its frame)': (blocks: readonly Buffer[]) => toWebp(withExif, blocks, []),
  'webp (after its frame)': (blocks: readonly Buffer[]) => toWebp(withExif, [], blocks),
  'webp that does not announce it': (blocks: readonly Buffer[]) => toWebp(0, blocks, blocks),
};

const several: readonly [string, readonly Buffer[]][] = [
  ['6 and 1', [toExif(6), toExif(1)]],
  ['1 and 6', [toExif(1), toExif(6)]],
  ['6 and 8 and 3', [toExif(6), toExif(8), toExif(3)]],
  ['no orientation at all, and 6', [latin('II*\0'), toExif(6)]],
  ['an impossible one, and 6', [toExif(9), toExif(6)]],
  ['nothing, and 6', [Buffer.alloc(0), toExif(6)]],
  ['what is no EXIF, and 6', [latin('neither this'), toExif(6)]],
];

/** Else a mask would be laid on a picture that was decoded the other way round. */
test.each(
  Object.entries(files).flatMap(([kind, create]) =>
    several.map(([what, blocks]) => [kind, what, create(blocks)] as const),
  ),
)('a %s whose EXIF says %s is measured as it is decoded', async (_kind, _what, bytes) => {
  const { orientedWidth, orientedHeight } = await measure('image', toContent(bytes), imageLimits);
  const { info } = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
  expect([orientedWidth, orientedHeight]).toEqual([info.width, info.height]);
});

test.each(['Exif', 'Exifx', `ExifXX${toExif(6).toString('latin1')}`])(
  'a JPEG segment %j is the one that counts, even where nothing can be read from it',
  async (text) => {
    const bytes = files.jpeg([toExif(6)]);
    const first = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 2 + text.length]), latin(text)]);
    const both = Buffer.concat([bytes.subarray(0, 2), first, bytes.subarray(2)]);
    const { orientation = 1 } = await sharp(both).metadata();
    expect(await measure('image', toContent(both), imageLimits)).toMatchObject({ orientation });
  },
);

test('in PNG the block stands alone: with the name that JPEG puts before it, it is none', async () => {
  const bytes = files.png([Buffer.concat([latin('Exif\0\0'), toExif(6)])]);
  expect((await sharp(bytes).metadata()).orientation).toBeUndefined();
  expect(await measure('image', toContent(bytes), imageLimits)).toMatchObject({ orientation: 1 });
});
