import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import {
  type FormEntry,
  mask,
  picture,
  postEdit,
  toDataUrl,
  toEntries,
  toForm,
} from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeAll(async () => {
  started = await startVendorGateway();
});
afterAll(() => started.close());

const second = createPng({ width: 64, height: 48, colour: [1, 2, 3] });
const third = createPng({ width: 64, height: 48, colour: [4, 5, 6] });
const [one, two, three, masked] = [picture, second, third, mask].map(toSha256);

/** Sends the body and tells what the vendor got of it. */
async function arrive(body: readonly FormEntry[] | object) {
  const response = await postEdit(started.gateway, body);
  expect([response.status, response.ok ? '' : await response.json()]).toEqual([200, '']);
  const { files, fields } = started.vendor.calls.at(-1) ?? expect.unreachable('the vendor was not called');
  return { files: files.map(({ name, sha256 }) => [name, sha256]), fields };
}

/** Sends a body that must not reach the vendor, and tells the refusal. */
async function refuse(body: readonly FormEntry[] | object) {
  const callsBefore = started.vendor.calls.length;
  const response = await postEdit(started.gateway, body);
  expect(started.vendor.calls.length).toBe(callsBefore);
  const { error } = (await response.json()) as {
    error: { code: string; param: string | null; message: string };
  };
  return { status: response.status, code: error.code, param: error.param, message: error.message };
}

describe('a form', () => {
  const list = [
    ['image[]', one],
    ['image[]', two],
  ];

  test.each<[string, readonly FormEntry[], unknown]>([
    ['image', [['image', picture]], [['image', one]]],
    ['image[] once', [['image[]', picture]], [['image', one]]],
    [
      'image repeated',
      [
        ['image', picture],
        ['image', second],
      ],
      list,
    ],
    [
      'image[] repeated',
      [
        ['image[]', picture],
        ['image[]', second],
      ],
      list,
    ],
    [
      'image[N] in order',
      [
        ['image[0]', picture],
        ['image[1]', second],
      ],
      list,
    ],
    [
      'image[N] out of order',
      [
        ['image[7]', second],
        ['image[2]', picture],
      ],
      list,
    ],
    [
      'image and image[]',
      [
        ['image', picture],
        ['image[]', second],
      ],
      list,
    ],
    [
      'image%5B%5D',
      [
        ['image%5B%5D', picture],
        ['image%5B%5D', second],
      ],
      list,
    ],
    [
      'mask before image',
      [
        ['mask', mask],
        ['image', picture],
      ],
      [
        ['image', one],
        ['mask', masked],
      ],
    ],
    [
      'mask[]',
      [
        ['image', picture],
        ['mask[]', mask],
      ],
      [
        ['image', one],
        ['mask', masked],
      ],
    ],
    ['a data URL as text', [['image', toDataUrl(picture)]], [['image', one]]],
  ])('gives its pictures as %s', async (_name, entries, files) => {
    const rest: FormEntry[] = [
      ['prompt', 'make it blue'],
      ['model', 'gpt-image-2'],
    ];
    for (const ordered of [
      [...rest, ...entries],
      [...entries, ...rest],
    ]) {
      expect(await arrive(ordered)).toEqual({
        files,
        fields: { model: 'gpt-image-2', prompt: 'make it blue' },
      });
    }
  });

  test('may have sixteen pictures, in order', async () => {
    const pictures = Array.from({ length: 16 }, (_, red) =>
      createPng({ width: 8, height: 8, colour: [red, 0, 0] }),
    );
    const { files } = await arrive([
      ...pictures.map((bytes) => ['image[]', bytes] as const),
      ['model', 'gpt-image-2'],
      ['prompt', 'make it blue'],
    ]);
    expect(files).toEqual(pictures.map((bytes) => ['image[]', toSha256(bytes)]));
  });

  test('has brackets for lists and objects', async () => {
    const bracketed: FormEntry[] = [
      ['models[]', 'openai/gpt-image-1.5'],
      ['models[]', 'openai/gpt-image-2.6-flare'],
      ['tags[]', 'shop'],
      ['provider[order][]', 'openai'],
      ['provider[allow_fallbacks]', 'true'],
      ['provider[require_parameters]', 'false'],
    ];
    expect((await arrive(toEntries(...bracketed))).fields).toEqual({
      model: 'gpt-image-2',
      prompt: 'make it blue',
    });
    const nobody = await refuse(toEntries(['provider[only][]', 'nobody']));
    expect(nobody).toMatchObject({ status: 400, code: 'invalid_value', param: 'provider' });
    const ignored = await refuse(toEntries(['provider[ignore][]', 'openai']));
    expect(ignored).toMatchObject({ status: 400, code: 'invalid_value', param: 'provider' });
  });

  test('falls back to the next of `models` where that costs nothing', async () => {
    started.vendor.script('out-of-quota');
    const response = await postEdit(started.gateway, toEntries(['models[]', 'openai/gpt-image-2.6-flare']));
    expect(response.status).toBe(200);
    expect(response.headers.get('retouch-model')).toBe('openai/gpt-image-2.6-flare');
    expect(response.headers.get('retouch-attempts')).toBe('2');
    const [before, last] = started.vendor.calls.slice(-2);
    expect([before?.fields.model, last?.fields.model]).toEqual(['gpt-image-2', 'gpt-image-2.6-flare']);
    expect(last?.files).toMatchObject([{ sha256: one }]);
  });

  test.each([
    ['colour', 'colour'],
    ['__proto__', '__proto__'],
    ['__proto__[polluted]', '__proto__[polluted]'],
    ['constructor[prototype][polluted]', 'constructor[prototype][polluted]'],
    ['provider[__proto__][polluted]', 'provider[__proto__][polluted]'],
    ['provider[colour]', 'provider.colour'],
    ['image[a]', 'image[a]'],
    ['image[0][1]', 'image[0][1]'],
    ['mask[0]', 'mask[0]'],
    ['prompt[]]', 'prompt[]]'],
    ['tags[0]', 'tags[0]'],
    [`x${'y'.repeat(10_000)}`, `x${'y'.repeat(99)}`],
  ])('with the unknown field %s is refused by its name', async (name, param) => {
    const refusal = await refuse(toEntries([name, 'x']));
    expect(refusal).toMatchObject({ status: 400, code: 'unknown_parameter', param });
    expect(refusal.message).toContain(param);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each<[string, readonly FormEntry[], string, string]>([
    [
      'a prompt twice',
      [
        ['prompt', 'a'],
        ['prompt', 'b'],
      ],
      'duplicate_parameter',
      'prompt',
    ],
    [
      'a mask twice',
      [
        ['mask', mask],
        ['mask', mask],
      ],
      'duplicate_parameter',
      'mask',
    ],
    [
      'image[0] twice',
      [
        ['image[0]', picture],
        ['image[0]', second],
      ],
      'duplicate_parameter',
      'image[0]',
    ],
    ['a list as one value', [['size[]', 'auto']], 'invalid_value', 'size'],
    ['an object as one value', [['size[a]', 'auto']], 'invalid_value', 'size'],
    ['a wrong switch', [['stream', 'perhaps']], 'invalid_value', 'stream'],
    ['a number that is none', [['n', '1e2']], 'invalid_value', 'n'],
  ])('with %s is refused', async (_name, entries, code, param) => {
    expect(await refuse(toEntries(...entries))).toMatchObject({ status: 400, code, param });
  });

  test('with a wrong picture is refused by the picture’s place and what it is', async () => {
    const gif: FormEntry = ['image[]', Buffer.from('GIF89a......')];
    const entries = toEntries(['image[]', picture], ['image[]', second], ['image[]', third], gif);
    expect(await refuse(entries.filter(([name]) => name !== 'image'))).toMatchObject({
      status: 400,
      code: 'unsupported_image_format',
      param: 'image[3]',
      message: expect.stringMatching(/image\[3\] is .*GIF.*expected PNG, JPEG or WebP/),
    });
  });
});

describe('a JSON body', () => {
  const needed = { model: 'gpt-image-2', prompt: 'make it blue' };
  const url = toDataUrl(picture);

  test.each<[string, object, unknown]>([
    ['images of image_url', { images: [{ image_url: url }] }, [['image', one]]],
    ['images of texts', { images: [url] }, [['image', one]]],
    ['chat’s spelling', { images: [{ type: 'image_url', image_url: { url } }] }, [['image', one]]],
    ['image alone', { image: url }, [['image', one]]],
    [
      'a list called image',
      { image: [url, toDataUrl(second)] },
      [
        ['image[]', one],
        ['image[]', two],
      ],
    ],
    [
      'a mask',
      { images: [{ image_url: url }], mask: { image_url: toDataUrl(mask) } },
      [
        ['image', one],
        ['mask', masked],
      ],
    ],
    ['a wrong type in the URL', { images: [toDataUrl(picture, 'image/jpeg')] }, [['image', one]]],
    [
      'three',
      { images: [url, toDataUrl(second), toDataUrl(third)] },
      [
        ['image[]', one],
        ['image[]', two],
        ['image[]', three],
      ],
    ],
  ])('gives its pictures as %s', async (_name, body, files) => {
    expect(await arrive({ ...body, ...needed })).toEqual({ files, fields: needed });
  });

  test('may write its data URL with escapes', async () => {
    const text = JSON.stringify({ ...needed, images: [url] })
      .replaceAll('/', '\\/')
      .replaceAll('A', '\\u0041');
    const response = await fetch(`${started.gateway.api}/images/edits`, {
      method: 'POST',
      headers: { authorization: `Bearer ${started.gateway.liveKey}`, 'content-type': 'application/json' },
      body: text,
    });
    expect(response.status).toBe(200);
    expect(started.vendor.calls.at(-1)?.files).toMatchObject([{ sha256: one }]);
  });

  test('has the same fields, typed, and null for what is not given', async () => {
    const { fields } = await arrive({
      ...needed,
      images: [url],
      n: 1,
      size: '1536x1024',
      output_format: 'jpeg',
      output_compression: 80,
      stream: false,
      partial_images: null,
      user: null,
      provider: { order: ['openai'], allow_fallbacks: true },
      models: ['openai/gpt-image-1.5'],
      tags: ['a'],
    });
    expect(fields).toEqual({
      ...needed,
      n: '1',
      size: '1536x1024',
      output_format: 'jpeg',
      output_compression: '80',
    });
  });

  test.each<[string, object, string, string | null]>([
    ['an unknown field', { images: [url], colour: 'blue' }, 'unknown_parameter', 'colour'],
    [
      'an unknown field of a picture',
      { images: [{ image_url: url, detail: 'high' }] },
      'unknown_parameter',
      'images[0].detail',
    ],
    ['a file id', { images: [{ file_id: 'file-1' }] }, 'invalid_value', 'images[0].file_id'],
    ['no pictures', { images: [] }, 'missing_required_parameter', 'image'],
    ['a picture that is no text', { images: [17] }, 'invalid_value', 'images[0]'],
    [
      'a text that is no base64',
      { images: ['data:image/png;base64,not base64!'] },
      'invalid_value',
      'images[0]',
    ],
    ['pictures in two places', { images: [url], image: url }, 'duplicate_parameter', 'images'],
    ['seventeen pictures', { images: Array(17).fill(url) }, 'too_many_images', 'images'],
  ])('with %s is refused', async (_name, body, code, param) => {
    expect(await refuse({ ...needed, ...body })).toMatchObject({ status: 400, code, param });
  });

  test('cannot reach the prototype of anything', async () => {
    const text = JSON.stringify({ ...needed, images: [url] }).replace('{', '{"__proto__":{"polluted":1},');
    const response = await fetch(`${started.gateway.api}/images/edits`, {
      method: 'POST',
      headers: { authorization: `Bearer ${started.gateway.liveKey}`, 'content-type': 'application/json' },
      body: text,
    });
    expect(await response.json()).toMatchObject({
      error: { code: 'unknown_parameter', param: '__proto__' },
    });
  });
});

test('both base paths are the same, and so is a prefixed and a bare model name', async () => {
  const { gateway, vendor } = started;
  for (const base of ['/v1', '/api/v1']) {
    for (const model of ['gpt-image-2', 'openai/gpt-image-2']) {
      const response = await fetch(`${gateway.url}${base}/images/edits`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.liveKey}` },
        body: toForm(toEntries(['model', model])),
      });
      expect(response.headers.get('retouch-model')).toBe('openai/gpt-image-2');
      expect(vendor.calls.at(-1)?.fields.model).toBe('gpt-image-2');
    }
  }
});

test('every body was counted and nothing of them is left on disk', async () => {
  expect(await started.gateway.spooledFiles()).toEqual([]);
});
