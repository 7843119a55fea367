import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { RetouchError } from '../core/errors.ts';
import { PartScanner } from './multipart.ts';

const corpora = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url));
const pieceSizes = [1, 2, 3, 7, 64, 4096];

interface FoundPart {
  name: string;
  text: string;
}

/** The parts as `name` and content, or the message of the refusal. */
function scanPieces(pieces: readonly Buffer[], boundary: string, maxBytes = 1e9): FoundPart[] | string {
  try {
    const scanner = new PartScanner(boundary, ({ name }) => ({
      name,
      maxBytes,
      toTooLong: () => new RetouchError('image_too_large', 'too long'),
    }));
    for (const piece of pieces) scanner.write(piece);
    const body = Buffer.concat(pieces);
    return scanner
      .end()
      .map(({ rule, start, end }) => ({ name: rule.name, text: body.toString('latin1', start, end) }));
  } catch (error) {
    if (error instanceof RetouchError) return error.message;
    throw error;
  }
}

function scan(
  body: Buffer,
  boundary: string,
  pieceBytes = body.length,
  maxBytes?: number,
): FoundPart[] | string {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += pieceBytes) pieces.push(body.subarray(at, at + pieceBytes));
  return scanPieces(pieces, boundary, maxBytes);
}

const part = (name: string, content: string, headers = '') =>
  `--XB\r\nContent-Disposition: form-data; name="${name}"\r\n${headers}\r\n${content}\r\n`;
const scanText = (text: string, boundary = 'XB') => scan(Buffer.from(text, 'latin1'), boundary);

test('a part is the range between its blank line and the next boundary', () => {
  const body = Buffer.from(
    `${part('prompt', 'make it blue')}${part('image', '\x89PNG\r\n\r\n--X\r\n')}--XB--\r\n`,
    'latin1',
  );
  expect(scan(body, 'XB')).toEqual([
    { name: 'prompt', text: 'make it blue' },
    { name: 'image', text: '\x89PNG\r\n\r\n--X\r\n' },
  ]);
});

test('preamble, epilogue, blanks after a boundary, empty parts and a missing last line end are as the standard has them', () => {
  const body =
    'This is a preamble.\r\n--XBut not a boundary\r\n--XB \t \r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--XB\r\nContent-Disposition: form-data; name=b\r\n\r\n--XB--';
  const parts = [
    { name: 'a', text: '' },
    { name: 'b', text: '' },
  ];
  expect(scanText(body)).toEqual(parts);
  expect(scanText(`${body}\r\n--XB\r\nepilogue`)).toEqual(parts);
});

test('long pieces that meet anywhere, be it within a boundary or within long headers, come to the same', () => {
  const content = '\r\n--X'.repeat(900);
  const headers = `X-Long: ${'h'.repeat(3_000)}\r\n`;
  const text = `${part('a', content)}${part('b', content, headers)}${part('c', content)}--XB--\r\n`;
  const body = Buffer.from(text, 'latin1');
  const expected = ['a', 'b', 'c'].map((name) => ({ name, text: content }));
  for (let cut = 1; cut < body.length; cut++) {
    expect(scanPieces([body.subarray(0, cut), body.subarray(cut)], 'XB'), `cut at ${cut}`).toEqual(expected);
  }
});

test('lines may end with LF alone, if all do', () => {
  const body =
    '--XB\nContent-Disposition: form-data; name="a"\n\nA\r\n--XB\nContent-Disposition: form-data; name="b"\n\nB\n--XB--\n';
  expect(scanText(body)).toEqual([
    { name: 'a', text: 'A\r' },
    { name: 'b', text: 'B' },
  ]);
  const withLf = `${part('a', 'A\n--XB\nstill A')}--XB--`;
  expect(scanText(withLf)).toEqual([{ name: 'a', text: 'A\n--XB\nstill A' }]);
});

test.each([
  ['\r\n--XBQ', 'a longer word'],
  ['\r\n--XB-', 'one hyphen'],
  ['\r\n--XB-Q', 'one hyphen and more'],
  ['\r\n--XB\rQ', 'CR alone'],
  ['\r\n--XB\r-', 'CR and a hyphen'],
  ['\r\n--XB \t Q', 'blanks and more'],
  [`\r\n--XB${' '.repeat(300)}`, 'more blanks than any transport adds'],
  ['\n--XB', 'LF alone before it'],
  ['\r--XB', 'CR alone before it'],
  ['\r\n\r\n\r\n--X', 'its beginning'],
])('content %# only looks like a boundary', (content) => {
  const body = Buffer.from(`${part('a', `1${content}\r\n2`)}--XB--`, 'latin1');
  for (const size of [...pieceSizes, body.length]) {
    expect(scan(body, 'XB', size)).toEqual([{ name: 'a', text: `1${content}\r\n2` }]);
  }
});

test.each([
  ['form-data; name="image[]"; filename="a.png"', 'image[]'],
  ['FORM-DATA; NAME=prompt', 'prompt'],
  ['form-data; filename="x; name=\\"evil\\""; name="a\\"b\\\\c"', 'a"b\\c'],
  ['form-data; name="provider%5Border%5D%5B%5D"', 'provider[order][]'],
  ['form-data; name="100%"', '100%'],
  ['form-data; filename="C:\\dir\\a.png"; name="image"', 'image'],
  [`form-data; name="image"; filename*=UTF-8''%E0%A4%A`, 'image'],
  ['form-data; name="gr\xc3\xb6\xc3\x9fe"', 'größe'],
  ['form-data; name="image";', 'image'],
])('%s is the field %s', (disposition, name) => {
  expect(scanText(`--XB\r\nContent-Disposition: ${disposition}\r\n\r\n1\r\n--XB--`)).toEqual([
    { name, text: '1' },
  ]);
});

test.each([
  ['--XB\r\n\r\n1\r\n--XB--', /part 1 has no `Content-Disposition/],
  ['--XB\r\nContent-Disposition: attachment; name="a"\r\n\r\n1\r\n--XB--', /part 1 has no `Content-Disp/],
  ['--XB\r\nContent-Disposition: form-data; name=""\r\n\r\n1\r\n--XB--', /part 1 has no `Content-Disp/],
  [
    '--XB\r\nContent-Disposition: form-data; name="a"; name="b"\r\n\r\n1\r\n--XB--',
    /part 1 has no `Content-Disp/,
  ],
  [
    `${part('a', '')}--XB\r\nContent-Disposition: form-data; name="b\r\n\r\n--XB--`,
    /part 2 has no `Content-Disp/,
  ],
  [
    part('a', '1', 'Content-Disposition: form-data; name="b"\r\n'),
    /part 1 has two headers Content-Disposition/,
  ],
  [part('a', '1', 'no colon\r\n'), /part 1 has a malformed header: "no colon"/],
  [part('a', '1', 'Folded: a\r\n b\r\n'), /malformed header: " b"/],
  [part('a', '1', 'Space : a\r\n'), /malformed header/],
  [part('a', '1', 'Nul: \0\r\n'), /malformed header/],
  [part('a', '1', 'Bare: a\nb: c\r\n'), /malformed header/],
  [part('a', '1', 'X: y\r\n'.repeat(4_000)), /more than 16384 bytes of headers/],
  [part('a', '1', Array.from({ length: 16 }, (_, n) => `X-${n}: y\r\n`).join('')), /17 headers; at most 16/],
  [part('a', 'MQ==', 'Content-Transfer-Encoding: BASE64\r\n'), /transfer encoding base64; send its bytes/],
  [part('a', '1', 'Content-Type: multipart/mixed; boundary=IN\r\n'), /holds parts of its own/],
  [part('a', '1'), /ends before its closing boundary "--XB--"/],
  [`${part('a', '1')}--XB`, /ends before its closing boundary/],
  [`${part('a', '1')}--XB-`, /ends before its closing boundary/],
  ['--XB\r\nContent-Disposition: form-da', /ends before its closing boundary/],
  [
    '--YB\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--YB--',
    /no line in it is the boundary "--XB"/,
  ],
  ['', /no line in it is the boundary/],
])('refuses broken body %# and says what is wrong', (body, message) => {
  const bytes = Buffer.from(body, 'latin1');
  for (const size of [...pieceSizes, bytes.length || 1]) expect(scan(bytes, 'XB', size)).toMatch(message);
});

test('a part is refused as soon as it is longer than its rule says, never cut', () => {
  const body = Buffer.from(`${part('a', '12345')}--XB--`);
  for (const size of pieceSizes) {
    expect(scan(body, 'XB', size, 5)).toEqual([{ name: 'a', text: '12345' }]);
    expect(scan(body, 'XB', size, 4)).toBe('too long');
  }
  const endless = new PartScanner('XB', () => ({
    maxBytes: 100,
    toTooLong: () => new Error('too long') as RetouchError,
  }));
  endless.write(Buffer.from(part('a', '').slice(0, -2)));
  expect(() => endless.write(Buffer.alloc(200))).toThrow('too long');
});

/** Bodies of python-multipart with what that parser makes of them. */
function loadPythonMultipart() {
  const folder = `${corpora}python-multipart/tests/test_data/http/`;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.http'))
    .map((file) => {
      const yaml = readFileSync(folder + file.replace('.http', '.yaml'), 'utf8');
      const parts = yaml
        .split(/^ {2}- /m)
        .slice(1)
        .map((entry) => ({
          name: /^name: (.*)$/m.exec(entry)?.[1],
          text: Buffer.from(/!!binary \|\s+(\S+)/.exec(entry)?.[1] ?? '', 'base64').toString('latin1'),
        }));
      return {
        file,
        body: readFileSync(folder + file),
        // The description of one body names another boundary than the body has.
        boundary:
          file === 'single_field_blocks.http' ? 'boundary' : (/^boundary: (.*)$/m.exec(yaml)?.[1] ?? ''),
        expected: /error:/.test(yaml) ? 'refused' : parts,
      };
    });
}

/** What we refuse on purpose though python-multipart takes it. */
const differing: Record<string, string> = {
  'base64_encoding.http':
    'RFC 7578 4.7 deprecates transfer encodings in form data; no client of this API sends one',
  'mixed_case_headers.http': 'the same',
  'mixed_plain_and_base64_encoding.http': 'the same',
  'quoted_printable_encoding.http': 'the same',
};

describe.skipIf(!existsSync(corpora))('corpora (../shared/corpora must be there)', () => {
  test('python-multipart: the same parts, the same refusals, at every piece size', () => {
    for (const { file, body, boundary, expected } of loadPythonMultipart()) {
      for (const size of [...pieceSizes, body.length]) {
        const result = scan(body, boundary, size);
        const isRefusal = expected === 'refused' || file in differing;
        expect(result, `${file} in pieces of ${size}`).toEqual(isRefusal ? expect.any(String) : expected);
      }
    }
  });

  test('python-multipart fuzz seeds are read or refused', () => {
    const folder = `${corpora}python-multipart/fuzz/corpus/`;
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const body = readFileSync(`${file.parentPath}/${file.name}`);
      for (const boundary of ['boundary', 'x']) {
        for (const size of pieceSizes) expect(scan(body, boundary, size)).toEqual(scan(body, boundary));
      }
    }
  });

  test('own bodies come to the same at every piece size', () => {
    const folder = `${corpora}own-multipart/`;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.bin'))) {
      const body = readFileSync(folder + file);
      const whole = scan(body, 'XB');
      for (const size of pieceSizes.filter((bytes) => body.length / bytes < 5e4)) {
        // One comparison of two texts: the bodies are large.
        expect(JSON.stringify(scan(body, 'XB', size)) === JSON.stringify(whole), `${file}, ${size}`).toBe(
          true,
        );
      }
    }
  });
});
