import { expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import { readAll } from '../core/bytes.ts';
import { JsonFault, LongText } from '../core/json-outline.ts';
import { readEvents } from './sse.ts';

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readTexts(stream: string, size: number): Promise<[string, string][]> {
  const { openSpool, opened } = createMemorySpools();
  const texts: [string, string][] = [];
  for await (const { name, data } of readEvents(cut(stream, size), openSpool)) {
    texts.push([name, (await readAll(data, 2 ** 20)).toString()]);
    await data.release();
  }
  expect(opened.every(({ released }) => released)).toBe(true);
  return texts;
}

const streams: [string, string, [string, string][]][] = [
  [
    'line feeds',
    'event: a\ndata: {"x":1}\n\nevent: b\ndata: 2\n\n',
    [
      ['a', '{"x":1}'],
      ['b', '2'],
    ],
  ],
  [
    'CRLF',
    'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n',
    [
      ['a', '1'],
      ['', '2'],
    ],
  ],
  [
    'bare CR',
    'event: a\rdata: 1\r\rdata: 2\r\r',
    [
      ['a', '1'],
      ['', '2'],
    ],
  ],
  ['comments', ': ping\n\n: PROCESSING\ndata: 1\n: in between\n\n', [['', '1']]],
  ['several data lines', 'data: {\ndata:  "x": 1\ndata: }\n\n', [['', '{\n "x": 1\n}']]],
  ['no space after the colon', 'event:a\ndata:1\n\n', [['a', '1']]],
  ['other fields', 'id: 7\nretry: 10\nnonsense\ndata: 1\n\n', [['', '1']]],
  ['data without a colon', 'data\ndata: 1\n\n', [['', '\n1']]],
  ['an empty event', 'event: a\n\ndata: 1\n\n', [['', '1']]],
  ['a mark at the end', 'data: 1\n\ndata: [DONE]\n\ndata: 2\n\n', [['', '1']]],
  [
    'no blank line at the end',
    'data: 1\n\nevent: b\ndata: 2',
    [
      ['', '1'],
      ['b', '2'],
    ],
  ],
  ['a character of several bytes', 'data: "漢字"\n\n', [['', '"漢字"']]],
];
test.for(streams)('%s are read alike in pieces of any size', async ([, stream, expected]) => {
  for (const size of [1, 2, 3, 7, 1_000]) {
    expect(await readTexts(stream, size), String(size)).toEqual(expected);
  }
});

test('A line of 20 MB costs no memory but its spool, and its outline says where the picture is', async () => {
  const { openSpool } = createMemorySpools();
  const picture = 'A'.repeat(1_000_000);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('event: image_edit.completed\ndata: {"type":"image_edit.completed","b64_json":"');
    for (let index = 0; index < 20; index += 1) yield Buffer.from(picture);
    yield Buffer.from('"}\n\n');
  }
  for await (const event of readEvents(pieces(), openSpool)) {
    const { b64_json } = event.outline() as { b64_json: LongText };
    expect(b64_json).toBeInstanceOf(LongText);
    expect(b64_json.end - b64_json.start).toBe(20_000_000);
    const piece = await readAll(event.data.slice(b64_json.start, b64_json.start + 4), 4);
    expect(piece.toString()).toBe('AAAA');
  }
});

test('Data that is not JSON is told only to whoever asks for its outline', async () => {
  const { openSpool } = createMemorySpools();
  for await (const event of readEvents(cut('data: hello\n\n', 5), openSpool)) {
    expect(() => event.outline()).toThrow(JsonFault);
    expect((await readAll(event.data, 100)).toString()).toBe('hello');
  }
});

test('Leaving early, and a stream that breaks, free what was begun', async () => {
  const { openSpool, opened } = createMemorySpools();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('data: 1\n\ndata: {"half');
    throw new Error('cut');
  }
  await expect(async () => {
    for await (const event of readEvents(broken(), openSpool)) await event.data.release();
  }).rejects.toThrow('cut');
  for await (const event of readEvents(cut('data: 1\n\ndata: 2\n\n', 100), openSpool)) {
    await event.data.release();
    break;
  }
  expect(opened.every(({ released }) => released)).toBe(true);
});
