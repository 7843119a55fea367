import { expect, test } from 'vitest';
import { createFrameReader, toMessage } from './frames.ts';

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

test.each([1, 3, 7, 1_000])('messages and bytes are found again in pieces of %i', async (length) => {
  const raw = Buffer.from('raw bytes');
  const stream = Buffer.concat([toMessage({ first: 'größe', byteLength: 9 }), raw, toMessage({ second: 2 })]);
  const reader = createFrameReader(inPieces(stream, length));
  expect(await reader.readMessage()).toEqual({ first: 'größe', byteLength: 9 });
  const pieces: Uint8Array[] = [];
  for await (const piece of reader.readBytes(9)) pieces.push(piece);
  expect(Buffer.concat(pieces)).toEqual(raw);
  expect(await reader.readMessage()).toEqual({ second: 2 });
});

test('a pipe that ends early is told from one that is only slow', async () => {
  const message = toMessage({ a: 1 });
  await expect(createFrameReader(inPieces(message.subarray(0, 2), 1)).readMessage()).rejects.toThrow(
    'ended 2 bytes',
  );
  await expect(createFrameReader(inPieces(message.subarray(0, 6), 9)).readMessage()).rejects.toThrow(
    'ended 5 bytes',
  );
});

test('a message of impossible length is not waited for', async () => {
  const reader = createFrameReader(inPieces(Buffer.from('\xff\xff\xff\xff', 'latin1'), 4));
  await expect(reader.readMessage()).rejects.toThrow('too long');
});
