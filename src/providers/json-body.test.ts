import { expect, test } from 'vitest';
import { createNoise } from '../../test/support/small-png.ts';
import { toBase64, toBytes } from '../core/bytes.ts';
import { createJsonBody, Inline } from './json-body.ts';

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer[]> {
  const collected: Buffer[] = [];
  for await (const piece of pieces) collected.push(Buffer.from(piece));
  return collected;
}

/** Bytes that come in small pieces, as a spool gives them. */
function toPieces(bytes: Buffer, length: number) {
  return {
    size: bytes.length,
    async *read(start = 0, end = bytes.length) {
      for (let at = start; at < end; at += length) yield bytes.subarray(at, Math.min(at + length, end));
    },
  };
}

test('The body is the JSON of the value with its pictures in it, and as long as it says', async () => {
  const pictures = [0, 1, 2, 3, 100_001].map(createNoise);
  const inline = (bytes: Buffer) => new Inline(toBase64({ encoding: 'binary', bytes: toPieces(bytes, 997) }));
  const body = createJsonBody({ 'ключ"✂️': 'Käse\n\u2028', absent: undefined, list: pictures.map(inline) });
  const text = Buffer.concat(await collect(body.pieces));
  expect(text.length).toBe(body.size);
  expect(JSON.parse(text.toString('utf8'))).toEqual({
    'ключ"✂️': 'Käse\n\u2028',
    list: pictures.map((bytes) => bytes.toString('base64')),
  });
});

test('A picture passes in pieces of the size it is held in; base64 passes as it is', async () => {
  const picture = createNoise(1_000_000);
  const held = toPieces(picture, 65_536);
  const encoded = toPieces(Buffer.from(picture.toString('base64'), 'latin1'), 65_536);
  const body = createJsonBody({
    made: new Inline(toBase64({ encoding: 'binary', bytes: held })),
    given: new Inline(toBase64({ encoding: 'base64', bytes: encoded })),
  });
  const pieces = await collect(body.pieces);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
});

test('Without pictures it is plain JSON', async () => {
  const body = createJsonBody({ a: [1, null, 'x'] });
  expect(Buffer.concat(await collect(body.pieces)).toString()).toBe('{"a":[1,null,"x"]}');
});

test('Bytes in memory are taken too', async () => {
  const body = createJsonBody({ data: new Inline(toBytes(Buffer.from('QUJD'))) });
  expect(Buffer.concat(await collect(body.pieces)).toString()).toBe('{"data":"QUJD"}');
});
