import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { mask, picture } from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

const python = process.env.RETOUCH_TEST_PYTHON;
if (!python)
  process.stdout.write('openai-python is not tried: RETOUCH_TEST_PYTHON names no interpreter that has it.\n');

const second = createPng({ width: 64, height: 48, colour: [1, 2, 3] });
const answered = createPng({ width: 1024, height: 1024, provenanceBytes: 300 });

describe.skipIf(!python)('openai-python', () => {
  let started: Awaited<ReturnType<typeof startVendorGateway>>;
  let folder: string;

  beforeAll(async () => {
    started = await startVendorGateway();
    folder = await mkdtemp(join(tmpdir(), 'retouch-python-client-'));
    await writeFile(join(folder, 'cat.png'), picture);
    await writeFile(join(folder, 'second.png'), second);
    await writeFile(join(folder, 'mask.png'), mask);
  });
  afterAll(async () => {
    await started.close();
    await rm(folder, { recursive: true });
  });

  /** The JSON lines that the program prints. */
  async function runProgram(name: string, ...files: string[]): Promise<Record<string, unknown>[]> {
    const program = join(import.meta.dirname, '../support/python', name);
    const { gateway } = started;
    const env = { RETOUCH_URL: gateway.api, RETOUCH_KEY: gateway.liveKey, PATH: process.env.PATH };
    const paths = files.map((file) => join(folder, file));
    const { stdout } = await promisify(execFile)(python ?? '', [program, ...paths], { env });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  test('edits pictures in every form it takes files in, and gets the vendor’s bytes', async () => {
    const edits = await runProgram('edits.py', 'cat.png', 'second.png', 'mask.png');
    const { calls } = started.vendor;
    const hashes = calls.map(({ files }) => files.map(({ name, sha256 }) => [name, sha256]));
    const one = [['image', toSha256(picture)]];
    expect(edits.map(({ form }, index) => [form, hashes[index]])).toEqual([
      ...['open file', 'path', 'bytes', 'BytesIO', 'tuple', 'tuple of a wrong type', 'list of one'].map(
        (form) => [form, one],
      ),
      [
        'list and mask',
        [
          ['image[]', toSha256(picture)],
          ['image[]', toSha256(second)],
          ['mask', toSha256(mask)],
        ],
      ],
      ['all parameters', one],
    ]);
    for (const { model, sha256, tokens, form } of edits) {
      expect(model).toBe('openai/gpt-image-2.5-sunburst');
      expect(tokens).toBeGreaterThan(0);
      if (form !== 'all parameters') expect(sha256).toEqual([toSha256(answered)]);
    }
    expect(calls.at(-1)?.fields).toEqual({
      model: 'gpt-image-2.5-sunburst',
      prompt: 'make it blue',
      n: '2',
      size: '1536x1024',
      quality: 'low',
      background: 'opaque',
      output_format: 'jpeg',
      output_compression: '70',
      user: 'someone',
    });
    expect(edits.at(-1)?.sha256).toHaveLength(2);
  });

  test('streams', async () => {
    const characters = answered.toString('base64').length;
    expect(await runProgram('stream.py', 'cat.png')).toEqual([
      { type: 'image_edit.partial_image', index: 0, characters },
      { type: 'image_edit.partial_image', index: 1, characters },
      { type: 'image_edit.completed', index: null, characters },
    ]);
  });

  test('meets its own error classes, and pays the vendor once at most', async () => {
    const { vendor } = started;
    const [callsBefore, billBefore] = [vendor.calls.length, vendor.bill.length];
    vendor.script('server-error', 'moderation');
    expect(await runProgram('errors.py', 'cat.png')).toEqual([
      { class: 'AuthenticationError', code: 'invalid_api_key', param: null },
      { class: 'NotFoundError', code: 'model_not_found', param: 'model' },
      { class: 'BadRequestError', code: 'invalid_value', param: 'size' },
      { class: 'BadRequestError', code: 'unsupported_image_format', param: 'image' },
      { class: 'BadRequestError', code: 'unknown_parameter', param: 'colour' },
      { class: 'InternalServerError', code: 'upstream_outcome_unknown', param: null },
      { class: 'BadRequestError', code: 'moderation_blocked', param: null },
    ]);
    expect(vendor.calls.length - callsBefore).toBe(2);
    expect(vendor.bill.length - billBefore).toBe(1);
  });
});
