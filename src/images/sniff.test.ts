import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { findShared } from '../../test/support/pictures.ts';
import { sniff } from './sniff.ts';

const dot = sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } });

test('the accepted formats are told by their first bytes', async () => {
  expect(sniff(await dot.clone().png().toBuffer())).toEqual({ format: 'png', name: 'a PNG' });
  expect(sniff(await dot.clone().jpeg().toBuffer())).toEqual({ format: 'jpeg', name: 'a JPEG' });
  expect(sniff(await dot.clone().webp().toBuffer())).toEqual({ format: 'webp', name: 'a WebP' });
});

test.each([
  ['a GIF', dot.clone().gif().toBuffer()],
  ['a TIFF or a camera raw file', dot.clone().tiff().toBuffer()],
  ['an AVIF', dot.clone().avif().toBuffer()],
  ['a gzip archive', gzipSync('hello')],
])('%s made by an encoder is called by its name', async (name, bytes) => {
  expect(sniff(await bytes)).toEqual({ name });
});

test.each([
  ['empty', ''],
  ['a BMP', 'BM\x36\x10\0\0\0\0\0\0\x36\0\0\0'],
  ['a HEIC', '\0\0\0\x18ftypheic\0\0\0\0'],
  ['a HEIF', '\0\0\0\x18ftypmif1\0\0\0\0'],
  ['a video', '\0\0\0\x18ftypisom\0\0\0\0'],
  ['a JPEG XL', '\xff\x0a\0\0'],
  ['a PDF document', '%PDF-1.7\n'],
  ['a ZIP archive or office document', 'PK\x03\x04\x14\0'],
  ['a RIFF file other than WebP', 'RIFF\x24\0\0\0WAVEfmt '],
  ['an SVG', '<?xml version="1.0"?>\n<!-- c --><svg xmlns="http://www.w3.org/2000/svg">'],
  ['an HTML page', '\n<!DOCTYPE html><html>'],
  ['an XML document', '<?xml version="1.0"?><root/>'],
  ['JSON text', '  {"error": 1}'],
  ['text', 'Not found\n'],
  ['text', 'GI'],
  ['the text of a data URL, not its decoded bytes', 'data:image/png;base64,iVBORw0KGgo='],
  ['the base64 text of a PNG, not its decoded bytes', 'iVBORw0KGgoAAAANSUhEUg'],
  ['the base64 text of a JPEG, not its decoded bytes', '/9j/4AAQSkZJRg'],
  ['a PNG whose first bytes are damaged, as by a transfer in text mode', '\x89PNG\n\x1a\n\0\0\0'],
  ['of an unknown format', '\0\x01\x02\x03'],
  ['of an unknown format', '\xfe\xfa\xfb'],
])('what cannot be used is recognised as %s', (name, bytes) => {
  expect(sniff(Buffer.from(bytes, 'latin1'))).toEqual({ name });
});

test('a text is one although its last character is cut', () => {
  expect(sniff(Buffer.from('größe', 'utf8').subarray(0, 3))).toEqual({ name: 'text' });
});

test('a two-letter start is not enough to call a text a bitmap', () => {
  expect(sniff(Buffer.from('BMW is a car maker'))).toEqual({ name: 'text' });
});

const bombs = findShared('corpora/own-bombs');

test.skipIf(bombs.length === 0)(
  'each bomb is recognised by content; ../shared/corpora/own-bombs is needed',
  () => {
    const names: Record<string, string> = {
      avif: 'an AVIF',
      gif: 'a GIF',
      jpg: 'a JPEG',
      png: 'a PNG',
      svg: 'an SVG',
      webp: 'a WebP',
      ORIGIN: 'text',
    };
    for (const { name, read } of bombs) {
      expect(sniff(read()).name, name).toBe(names[name.split('.').at(-1) ?? '']);
    }
  },
);
