import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAll, toBinary, toBytes } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { type EditBodyLimits, readRawEdit } from './edit-body.ts';
import { toFollowed } from './picture.ts';
import { createSpooler, type Spooler } from './spool.ts';

const knownFields = [
  'model',
  'prompt',
  'n',
  'size',
  'stream',
  'output_compression',
  'models',
  'tags',
  'provider',
];
const limits: EditBodyLimits = {
  maxImageBytes: 20_000,
  maxMaskBytes: 5_000,
  maxRequestBytes: 700_000,
  maxJsonBytes: 600_000,
  minUploadBytesPerSecond: 0,
};
const multipart = 'multipart/form-data; boundary=XB';

let directory: string;
let spoolers: Spooler[];
/** Who asked for which link. */
const fetched: string[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'retouch-edit-'));
  // In memory, and in files from the first byte: both must come to the same.
  spoolers = [1e9, 0].map((memoryBytes) => createSpooler({ directory, memoryBytes }));
});
afterAll(async () => {
  expect(spoolers.map((spooler) => spooler.stats().openScopes)).toEqual([0, 0]);
  await rm(directory, { recursive: true });
});

/** The body as plain values (pictures as text, one character per byte), or what the error says. */
async function read(body: Buffer | string, contentType = multipart, headers: Record<string, string> = {}) {
  const bytes = Buffer.from(body as string, 'latin1');
  const results = [];
  for (const spooler of spoolers) {
    const scope = spooler.openScope('req');
    const pieces = [bytes.subarray(0, 10), bytes.subarray(10)].filter((piece) => piece.length > 0);
    try {
      results.push(
        await toPlain(
          await readRawEdit(
            {
              stream: Readable.from(pieces, { objectMode: false }),
              signal: new AbortController().signal,
              headers: { 'content-type': contentType, ...headers },
              openSpool: scope.openSpool,
              spool: scope.openSpool(),
              follow: async (reading) => {
                const picture = await reading;
                if (!('url' in picture)) return picture;
                const { name, url } = picture;
                fetched.push(`${name} ${url}`);
                const length = /length=(\d+)/.exec(url)?.[1];
                const bytes = Buffer.from(`what ${url.slice(0, 40)} leads to`.padEnd(Number(length ?? 0)));
                return toFollowed(picture, toBytes(bytes));
              },
              beforeRead: () => undefined,
            },
            { knownFields, check: () => undefined },
            limits,
          ),
        ),
      );
    } catch (error) {
      if (!(error instanceof RetouchError)) throw error;
      results.push({ code: error.code, param: error.param, message: error.message });
    } finally {
      await scope.release();
    }
  }
  expect(results[1]).toEqual(results[0]);
  return results[0];
}

const readJson = (body: unknown) => read(Buffer.from(JSON.stringify(body)), 'application/json');

async function toPlain({ fields, images, mask }: Awaited<ReturnType<typeof readRawEdit>>) {
  const toPicture = async ({ name, content, byteLength }: (typeof images)[number]) => {
    const bytes = await readAll(await toBinary(content), 1e6);
    expect(bytes.length).toBe(byteLength);
    return { name, bytes: bytes.toString('latin1') };
  };
  return {
    // Through JSON, so that objects without a prototype compare as others do.
    fields: JSON.parse(JSON.stringify(fields)),
    images: await Promise.all(images.map(toPicture)),
    ...(mask && { mask: await toPicture(mask) }),
  };
}

const text = (name: string, value: string) =>
  `--XB\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (name: string, value = 'x', type = 'application/octet-stream') =>
  `--XB\r\nContent-Disposition: form-data; name="${name}"; filename="a.png"\r\nContent-Type: ${type}\r\n\r\n${value}\r\n`;
const form = (...parts: string[]) => `${parts.join('')}--XB--\r\n`;

const captures = fileURLToPath(new URL('../../../shared/data/sdk-multipart-captures.txt', import.meta.url));

describe.skipIf(!existsSync(captures))('requests of the official SDKs (../shared/data must be there)', () => {
  const unquote = (python: string) =>
    python.replace(/\\x(..)|\\(.)/g, (_, hex?: string, letter?: string) =>
      hex
        ? String.fromCharCode(Number.parseInt(hex, 16))
        : ({ r: '\r', n: '\n' }[letter ?? ''] ?? String(letter)),
    );

  test('are read as they were meant', async () => {
    const requests = readFileSync(captures, 'utf8')
      .split(/^===.*$/m)
      .slice(1);
    expect(requests).toHaveLength(11);
    for (const request of requests) {
      const contentType = /H content-type : (.*)/i.exec(request)?.[1] ?? '';
      const boundary = contentType.replace(/.*boundary=/, '');
      const parts = Array.from(
        request.matchAll(/^ {2}P (.*) => b'(.*)'$/gm),
        ([, head = '', value = '']) => ({
          name: /name="([^"]*)"/.exec(head)?.[1] ?? '',
          head: head.replaceAll(' | ', '\r\n'),
          value: unquote(value),
        }),
      );
      const body = parts.map(({ head, value }) => `--${boundary}\r\n${head}\r\n\r\n${value}\r\n`).join('');
      const result = await read(`${body}--${boundary}--\r\n`, contentType);
      const valuesOf = (...names: string[]) =>
        parts.filter(({ name }) => names.includes(name)).map(({ value }) => value);
      expect(result).toMatchObject({
        fields: { model: 'gpt-image-1', prompt: valuesOf('prompt')[0] },
        images: valuesOf('image', 'image[]').map((bytes) => ({ bytes })),
      });
      const [mask] = valuesOf('mask');
      if (mask) expect(result).toMatchObject({ mask: { name: 'mask', bytes: mask } });
      if (valuesOf('provider[order][]').length > 0) {
        expect(result).toMatchObject({
          fields: { provider: { order: ['openai'] }, models: valuesOf('models[]') },
        });
      }
    }
  });
});

test('brackets make lists and objects', async () => {
  const body = form(
    text('tags[]', 'x'),
    text('provider[order][]', 'openai'),
    text('provider[allow_fallbacks]', 'true'),
    text('provider[order][]', 'local'),
    text('tags[]', 'y'),
    text('n', '2'),
  );
  expect(await read(body)).toEqual({
    fields: { tags: ['x', 'y'], provider: { order: ['openai', 'local'], allow_fallbacks: 'true' }, n: '2' },
    images: [],
  });
});

test.each([
  [[file('image', 'A')], ['image']],
  [[file('image[]', 'A')], ['image[0]']],
  [
    [file('image', 'A'), file('image', 'B')],
    ['image[0]', 'image[1]'],
  ],
  [
    [file('image[2]', 'C'), file('image[0]', 'A'), text('n', '1'), file('image[1]', 'B')],
    ['image[0]', 'image[1]', 'image[2]'],
  ],
  [
    [file('image[7]', 'A'), file('image[]', 'B'), file('image[3]', 'C')],
    ['image[7]', 'image[1]', 'image[3]'],
  ],
  [
    [file('image[1]', 'A'), file('image', 'B'), file('image[2]', 'C')],
    ['image[1]', 'image[3]', 'image[2]'],
  ],
])('pictures %# come in the order meant, under names the caller knows', async (parts, names) => {
  const images = names.map((name, index) => ({ name, bytes: 'ABC'[index] }));
  expect(await read(form(...parts))).toMatchObject({ images });
});

test('no two pictures are called the same, also while they come in', async () => {
  const large = 'x'.repeat(20_000);
  expect(await read(form(file('image[1]'), file('image', large)))).toMatchObject({ param: 'image[2]' });
  expect(await read(form(file('image'), file('image', large)))).toMatchObject({ param: 'image[1]' });
});

test('the mask may be called mask or mask[], and parts come in any order', async () => {
  const expected = {
    fields: { prompt: 'p' },
    images: [{ name: 'image', bytes: 'I' }],
    mask: { name: 'mask', bytes: 'M' },
  };
  expect(await read(form(file('mask', 'M'), file('image', 'I'), text('prompt', 'p')))).toEqual(expected);
  expect(await read(form(text('prompt', 'p'), file('mask[]', 'M'), file('image', 'I')))).toEqual(expected);
});

test('texts are bytes in UTF-8 or as declared, also when they come as a file', async () => {
  const utf8 = Buffer.from('größer 🎨\n', 'utf8').toString('latin1');
  expect(await read(form(file('prompt', utf8, 'text/plain')))).toMatchObject({
    fields: { prompt: 'größer 🎨\n' },
  });
  expect(await read(form(file('prompt', 'gr\xf6\xdfer', 'text/plain; charset=ISO-8859-1')))).toMatchObject({
    fields: { prompt: 'größer' },
  });
  expect(await read(form(text('prompt', 'gr\xf6\xdfer')))).toMatchObject({
    code: 'invalid_value',
    param: 'prompt',
  });
  expect(await read(form(file('prompt', 'p', 'text/plain; charset=klingon')))).toMatchObject({
    code: 'invalid_value',
  });
});

test('a picture may come as a data URL in a text field', async () => {
  const url = `data:image/png;base64,${Buffer.from('PIXELS').toString('base64')}`;
  expect(await read(form(text('image', url)))).toMatchObject({
    images: [{ name: 'image', bytes: 'PIXELS' }],
  });
});

test('a picture may come as a link, in a text field or in JSON, and is what the link leads to', async () => {
  const url = 'https://example.com/ä b.png?x=1,2';
  const bytes = `what ${url} leads to`;
  const latin1 = Buffer.from(url).toString('latin1');
  expect(await read(form(text('image', latin1), file('image', 'A'), text('mask', latin1)))).toMatchObject({
    images: [{ name: 'image[0]' }, { name: 'image[1]', bytes: 'A' }],
    mask: { name: 'mask' },
  });
  expect(
    await readJson({ images: [{ image_url: url }, { image_url: { url } }], mask: { url } }),
  ).toMatchObject({
    images: [{ name: 'images[0]' }, { name: 'images[1]' }],
    mask: { name: 'mask' },
  });
  const escaped = JSON.stringify({ image: `${url}&${'a'.repeat(2_000)}` })
    .replaceAll('/', '\\/')
    .replace('ä', '\\u00e4');
  expect(await read(escaped, 'application/json')).toMatchObject({ images: [{ name: 'image' }] });
  // The last of each pair is that of the other spooler.
  expect([...new Set(fetched.splice(0))]).toEqual([
    `image[0] ${url}`,
    `mask ${url}`,
    `images[0] ${url}`,
    `images[1] ${url}`,
    `image ${url}&${'a'.repeat(2_000)}`,
  ]);
  expect(await readJson({ image: url })).toMatchObject({
    images: [{ bytes: Buffer.from(bytes).toString('latin1') }],
  });
});

test('a link that is cut is still too long for any guard', async () => {
  fetched.length = 0;
  await readJson({ image: `https://example.com/${'ä'.repeat(100_000)}` });
  const [link = ''] = fetched;
  expect(link.length).toBeGreaterThan(8_192);
  expect(link.length).toBeLessThan(33_000);
});

test('links of every kind are the guard’s to refuse, and what is fetched is under the limits of any picture', async () => {
  for (const url of ['file:///etc/passwd', 'gopher://h/x', 'HTTP://h/x', 'blob:https://h/x']) {
    expect(await readJson({ image: url })).toMatchObject({ images: [{ name: 'image' }] });
    expect(fetched.pop()).toBe(`image ${url}`);
  }
  const ofLength = (length: number) => `https://example.com/?length=${length}`;
  expect(await readJson({ image: ofLength(19_999), mask: ofLength(4_999) })).toMatchObject({ mask: {} });
  expect(await readJson({ image: [tiny, ofLength(20_000)] })).toMatchObject({
    code: 'image_too_large',
    param: 'image[1]',
  });
  expect(await readJson({ mask: ofLength(5_000) })).toMatchObject({ code: 'image_too_large', param: 'mask' });
});

test.each([
  [[text('foo', '1')], 'unknown_parameter', 'foo'],
  [[text('__proto__', '1')], 'unknown_parameter', '__proto__'],
  [[text('constructor[prototype][isAdmin]', '1')], 'unknown_parameter', 'constructor[prototype][isAdmin]'],
  [[text('provider[__proto__]', '1')], 'unknown_parameter', 'provider[__proto__]'],
  [[text('toString', '1')], 'unknown_parameter', 'toString'],
  [[text(`provider${'[a]'.repeat(4)}`, '1')], 'unknown_parameter', 'provider[a][a][a][a]'],
  [[text(`a${'[b]'.repeat(10_000)}`, '1')], 'invalid_multipart', undefined],
  [[text('provider[order', '1')], 'unknown_parameter', 'provider[order'],
  [[text('provider[][x]', '1')], 'unknown_parameter', 'provider[][x]'],
  [[text('tags[4294967294]', '1')], 'unknown_parameter', 'tags[4294967294]'],
  [[text('image[4294967294]', '1')], 'unknown_parameter', 'image[4294967294]'],
  [[file('image[x]')], 'unknown_parameter', 'image[x]'],
  [[file('image[1][2]')], 'unknown_parameter', 'image[1][2]'],
  [[file('mask[0]')], 'unknown_parameter', 'mask[0]'],
  [[text('prompt', 'a'), text('prompt', 'b')], 'duplicate_parameter', 'prompt'],
  [[text('tags[]', 'a'), text('tags', 'b')], 'duplicate_parameter', 'tags'],
  [[text('tags', 'a'), text('tags[]', 'b')], 'duplicate_parameter', 'tags'],
  [[text('provider', 'a'), text('provider[order]', 'b')], 'duplicate_parameter', 'provider'],
  [[text('provider[]', 'a'), text('provider[order]', 'b')], 'duplicate_parameter', 'provider'],
  [[file('mask'), file('mask[]')], 'duplicate_parameter', 'mask'],
  [[file('image[3]'), file('image[3]')], 'duplicate_parameter', 'image[3]'],
  [[file('image', '')], 'invalid_image_file', 'image'],
  [[file('image'), file('mask', '')], 'invalid_image_file', 'mask'],
])('refuses the form %# and names the field', async (parts, code, param) => {
  expect(await read(form(...parts))).toMatchObject({ code, ...(param && { param }) });
});

test.each([
  ['multipart/form-data ; boundary=XB', 'read'],
  ['MULTIPART/form-data;boundary=XB', 'read'],
  ['multipart/form-dataX; boundary=XB', 'unsupported_content_type'],
  ['multipart/form-data', 'invalid_multipart'],
])('the Content-Type %j: %s', async (type, outcome) => {
  const answer = await read(form(text('prompt', 'x'), file('image')), type, {
    'content-encoding': 'Identity',
  });
  expect(answer).toMatchObject(outcome === 'read' ? { fields: { prompt: 'x' } } : { code: outcome });
});

test('every limit is an error, to the byte', async () => {
  const { maxImageBytes, maxMaskBytes } = limits;
  const images = (count: number) => Array.from({ length: count }, () => file('image[]'));
  const texts = (count: number) => Array.from({ length: count }, () => text('tags[]', 'x'));
  expect(await read(form(...images(16), file('mask'), ...texts(64)))).toMatchObject({ mask: { bytes: 'x' } });
  expect(await read(form(...images(17)))).toMatchObject({ code: 'too_many_images', param: 'image[16]' });
  expect(await read(form(...texts(65)))).toMatchObject({ code: 'too_many_fields' });
  expect(await read(form(file('image', 'x'.repeat(maxImageBytes - 1))))).toMatchObject({
    images: [{ name: 'image' }],
  });
  expect(await read(form(file('image', 'x'.repeat(maxImageBytes))))).toMatchObject({
    code: 'image_too_large',
    param: 'image',
  });
  expect(await read(form(file('mask', 'x'.repeat(maxMaskBytes - 1))))).toMatchObject({ mask: {} });
  expect(await read(form(file('mask', 'x'.repeat(maxMaskBytes))))).toMatchObject({
    code: 'image_too_large',
    param: 'mask',
  });
  expect(await read(form(text('prompt', 'x'.repeat(524_288))))).toMatchObject({ fields: {} });
  expect(await read(form(text('prompt', 'x'.repeat(524_289))))).toMatchObject({
    code: 'request_too_large',
    param: 'prompt',
  });
  expect(await read('P'.repeat(700_001))).toMatchObject({ code: 'request_too_large' });
  const declared = await read(form(), multipart, { 'content-length': '700001' });
  expect(declared).toMatchObject({
    code: 'request_too_large',
    message: expect.stringContaining('700001 bytes'),
  });
});

test.each([
  ['multipart/form-data', 'invalid_multipart'],
  ['multipart/form-data; boundary=', 'invalid_multipart'],
  ['multipart/form-data; boundary=""', 'invalid_multipart'],
  ['multipart/form-data; boundary=XB; boundary=YB', 'invalid_multipart'],
  [`multipart/form-data; boundary=${'b'.repeat(201)}`, 'invalid_multipart'],
  ['multipart/mixed; boundary=XB', 'unsupported_content_type'],
  ['application/x-www-form-urlencoded', 'unsupported_content_type'],
  ['application/json; charset=utf-16', 'unsupported_content_type'],
  ['', 'unsupported_content_type'],
  ['nonsense;;;', 'unsupported_content_type'],
])('refuses the Content-Type %j', async (contentType, code) => {
  expect(await read(form(text('n', '1')), contentType)).toMatchObject({ code });
});

test.each([
  ['Multipart/Form-Data; Boundary=XB'],
  ['multipart/form-data; charset=utf-8; boundary="XB"'],
  ['multipart/form-data; __proto__=x; boundary=XB;'],
])('takes the Content-Type %j', async (contentType) => {
  expect(await read(form(text('n', '1')), contentType)).toMatchObject({ fields: { n: '1' } });
});

test('refuses bodies that are encoded', async () => {
  expect(await read('', multipart, { 'content-encoding': 'gzip' })).toMatchObject({
    code: 'unsupported_content_type',
  });
});

const picture = 'P'.repeat(3_000);
const base64 = Buffer.from(picture).toString('base64');
const dataUrl = `data:image/png;base64,${base64}`;
const tiny = `data:image/png;base64,${Buffer.from('tiny').toString('base64')}`;

test.each([
  [{ images: [{ image_url: dataUrl }] }, ['images[0]']],
  [{ images: [{ image_url: { url: dataUrl } }] }, ['images[0]']],
  [{ images: [{ type: 'image_url', image_url: { url: dataUrl } }, dataUrl] }, ['images[0]', 'images[1]']],
  [{ images: [{ url: dataUrl }, base64] }, ['images[0]', 'images[1]']],
  [{ image: dataUrl }, ['image']],
  [{ image: base64 }, ['image']],
  [{ image: { url: dataUrl, type: 'image_url' } }, ['image']],
  [{ image: [dataUrl, { image_url: dataUrl }], images: null }, ['image[0]', 'image[1]']],
  [{ images: null }, []],
])('JSON: the pictures of %# are found where they are', async (body, names) => {
  expect(await readJson({ prompt: 'p', mask: null, ...body })).toEqual({
    fields: { prompt: 'p' },
    images: names.map((name) => ({ name, bytes: picture })),
  });
});

test('JSON: short data URLs, the mask and every kind of field', async () => {
  const prompt = 'größer "und" 🎨\n'.repeat(200);
  const fields = {
    prompt,
    n: 2,
    stream: false,
    size: null,
    tags: ['x', prompt],
    provider: { order: ['a'], allow_fallbacks: true },
  };
  expect(await readJson({ ...fields, image: tiny, mask: { image_url: tiny } })).toEqual({
    fields,
    images: [{ name: 'image', bytes: 'tiny' }],
    mask: { name: 'mask', bytes: 'tiny' },
  });
});

test('JSON: escapes in a data URL are undone, as PHP and .NET write them', async () => {
  const bytes = Buffer.from(Array.from({ length: 15_001 }, (_, index) => (index * 7919) >> 3));
  const url = `data:image/png;base64,${bytes.toString('base64')}`;
  const php = JSON.stringify({ image: url }).replaceAll('/', '\\/');
  const dotnet = JSON.stringify({ image: url }).replaceAll('+', '\\u002B').replaceAll('=', '\\u003d');
  const expected = { images: [{ name: 'image', bytes: bytes.toString('latin1') }] };
  expect(php).toContain('\\/');
  expect(dotnet).toContain('\\u002B');
  expect(await read(php, 'application/json')).toMatchObject(expected);
  expect(await read(dotnet, 'application/json; charset=UTF-8')).toMatchObject(expected);
});

test.each([
  [{ images: [{ file_id: 'file-1' }] }, 'invalid_value', 'images[0].file_id'],
  [{ mask: { file_id: 'file-1' } }, 'invalid_value', 'mask.file_id'],
  [{ images: [{ image_url: dataUrl, foo: 1 }] }, 'unknown_parameter', 'images[0].foo'],
  [{ images: [{ image_url: { url: dataUrl, foo: 1 } }] }, 'unknown_parameter', 'images[0].image_url.foo'],
  [{ images: dataUrl }, 'invalid_value', 'images'],
  [{ images: [], image: dataUrl }, 'duplicate_parameter', 'images'],
  [{ images: [7] }, 'invalid_value', 'images[0]'],
  [{ images: [{}] }, 'invalid_value', 'images[0]'],
  [{ images: [null] }, 'invalid_value', 'images[0]'],
  [{ image: 'data:image/png,%89PNG' }, 'invalid_value', 'image'],
  [{ image: '' }, 'invalid_image_file', 'image'],
  [{ image: 'data:image/png;base64,' }, 'invalid_image_file', 'image'],
  [{ image: `${dataUrl}A` }, 'invalid_value', 'image'],
  [{ image: `${dataUrl.slice(0, 500)}\n${dataUrl.slice(500)}` }, 'invalid_value', 'image'],
  [{ image: `${dataUrl.slice(0, 500)}-_${dataUrl.slice(502)}` }, 'invalid_value', 'image'],
  [{ image: `${dataUrl.slice(0, 500)}=${dataUrl.slice(501)}` }, 'invalid_value', 'image'],
  [{ image: `${dataUrl.slice(0, 500)}%2F${dataUrl.slice(503)}` }, 'invalid_value', 'image'],
  [{ image: 'data:image/png;base64,====' }, 'invalid_value', 'image'],
  [{ image: 'a picture of a cat' }, 'invalid_value', 'image'],
  [{ image: Array.from({ length: 17 }, () => tiny) }, 'too_many_images', 'image'],
  [{ image: Buffer.alloc(20_000).toString('base64') }, 'image_too_large', 'image'],
  [{ mask: Buffer.alloc(5_000).toString('base64') }, 'image_too_large', 'mask'],
  [{ foo: 1 }, 'unknown_parameter', 'foo'],
  [{ constructor: 1 }, 'unknown_parameter', 'constructor'],
  [{ prompt: 'x'.repeat(524_289) }, 'request_too_large', 'prompt'],
  [{ tags: Array.from({ length: 65 }, () => 'x'.repeat(1025)) }, 'too_many_fields', undefined],
  [{ prompt: `${'x'.repeat(2000)}\ud83d` }, 'invalid_value', 'prompt'],
  [{ prompt: '\ud83d' }, 'invalid_json', undefined],
  [{ prompt: 'p', tags: Array(150_000).fill(1) }, 'invalid_json', undefined],
  [[], 'invalid_json', undefined],
  ['text', 'invalid_json', undefined],
  [null, 'invalid_json', undefined],
])('JSON: refuses body %# and names what is wrong', async (body, code, param) => {
  expect(await readJson(body)).toMatchObject({ code, ...(param && { param }) });
});

test('JSON: broken text is refused with the place', async () => {
  expect(await read('{"prompt":"x"', 'application/json')).toMatchObject({
    code: 'invalid_json',
    message: 'The body is not JSON: at byte 13: found the end, expected "," or "}".',
  });
  expect(await read('{"__proto__":{"isAdmin":1}}', 'application/json')).toMatchObject({
    code: 'unknown_parameter',
    param: '__proto__',
  });
  expect(await read('{"prompt":"x","prompt":"y"}', 'application/json')).toMatchObject({
    code: 'duplicate_parameter',
    param: 'prompt',
  });
  expect(await read(' '.repeat(600_001), 'application/json')).toMatchObject({ code: 'request_too_large' });
});
