import { expect, test } from 'vitest';
import { readStrictForm } from '../../test/support/scripted-openai/strict-form.ts';
import { createNoise } from '../../test/support/small-png.ts';
import { toBytes } from '../core/bytes.ts';
import { createMultipart, toField } from './multipart.ts';

async function readAllPieces(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

test('A body is exactly as long as it says, and strictly readable', async () => {
  const noise = createNoise(100_000);
  const texts = ['', '\r\n', '--', '\r\n--retouch-', '漢字 \u0000 "\\', 'x'.repeat(70_000)];
  const body = createMultipart([
    ...texts.map((text, index) => toField(`field${index}`, text)),
    { name: 'image[]', bytes: toBytes(noise), file: { name: 'image-0.png', mediaType: 'image/png' } },
    { name: 'mask', bytes: toBytes(Buffer.alloc(0)), file: { name: 'mask.png', mediaType: 'image/png' } },
  ]);
  const bytes = await readAllPieces(body.pieces);
  expect(bytes.length).toBe(body.size);
  const parts = readStrictForm(body.contentType, bytes);
  expect(parts.slice(0, texts.length).map((part) => part.bytes.toString())).toEqual(texts);
  expect(parts.at(-2)).toMatchObject({ name: 'image[]', fileName: 'image-0.png', mediaType: 'image/png' });
  expect(parts.at(-2)?.bytes.equals(noise)).toBe(true);
  expect(parts.at(-1)?.bytes.length).toBe(0);
});
