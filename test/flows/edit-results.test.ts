import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { type FormEntry, postEdit, toEntries } from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeAll(async () => {
  started = await startVendorGateway({ RETOUCH_RESULT_LIFETIME_SECONDS: '60' });
});
afterAll(() => started.close());

const answered = createPng({ width: 1024, height: 1024, provenanceBytes: 300 });

describe('a result as a link', () => {
  async function editToUrls(...entries: FormEntry[]): Promise<URL[]> {
    const response = await postEdit(started.gateway, toEntries(['response_format', 'url'], ...entries));
    const { data } = (await response.json()) as { data: Record<string, string>[] };
    expect(data.map((image) => Object.keys(image))).toEqual(data.map(() => ['url']));
    return data.map(({ url = '' }) => new URL(url));
  }

  test('opens without a key, gives the vendor’s bytes, and lets no browser run anything', async () => {
    const [url = expect.unreachable()] = await editToUrls();
    expect(url.href).toMatch(
      new RegExp(`^${started.gateway.api}/images/img_[0-9a-f]{32}\\.png\\?expires=\\d+&signature=`),
    );
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(toSha256(Buffer.from(await response.arrayBuffer()))).toBe(toSha256(answered));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(answered.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-disposition': expect.stringMatching(/^inline; filename="img_[0-9a-f]+\.png"$/),
    });
  });

  test('is one for each picture, in its own format, and does not count towards the model', async () => {
    const urls = await editToUrls(['n', '3'], ['output_format', 'webp']);
    expect(new Set(urls.map(({ pathname }) => pathname)).size).toBe(3);
    for (const url of urls) {
      expect((await fetch(url)).headers.get('content-type')).toBe('image/webp');
    }
    expect(started.vendor.calls.at(-1)?.fields).not.toHaveProperty('response_format');
  });

  test('lasts as long as the operator says, and no change to it is accepted', async () => {
    const [url = expect.unreachable()] = await editToUrls();
    const expires = Number(url.searchParams.get('expires'));
    expect(expires - Date.now() / 1000).toBeGreaterThan(50);
    expect(expires - Date.now() / 1000).toBeLessThanOrEqual(60);
    const change = (name: string, value: string | undefined): URL => {
      const changed = new URL(url);
      if (value === undefined) changed.searchParams.delete(name);
      else changed.searchParams.set(name, value);
      return changed;
    };
    const [other = expect.unreachable()] = await editToUrls();
    const otherPicture = new URL(url);
    otherPicture.pathname = other.pathname;
    const signature = url.searchParams.get('signature') ?? '';
    const tampered = [
      change('expires', String(expires + 1)),
      change('expires', '0'),
      change('expires', undefined),
      change('expires', `${expires}.0`),
      change('signature', undefined),
      change('signature', ''),
      change('signature', `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`),
      change('signature', signature.slice(0, -2)),
      otherPicture,
    ];
    for (const wrong of tampered) {
      const response = await fetch(wrong);
      expect([wrong.search, response.status]).toEqual([wrong.search, 404]);
      expect(await response.json()).toMatchObject({ error: { code: 'image_not_found' } });
    }
    expect((await fetch(url)).status).toBe(200);
  });

  test.each(['..%2fretouch.db', '%2e%2e', 'img_x', 'img_%00', `img_${'0'.repeat(32)}.svg`])(
    'leads to pictures only, not to %s',
    async (id) => {
      const response = await fetch(`${started.gateway.api}/images/${id}?expires=9999999999&signature=x`);
      expect(response.status).toBe(404);
    },
  );
});

describe('a result as a stream', () => {
  const stream = (...entries: FormEntry[]) =>
    postEdit(started.gateway, toEntries(['stream', 'true'], ...entries));

  function readEvents(text: string): { event: string; data: Record<string, unknown> }[] {
    return text
      .split('\n\n')
      .filter(Boolean)
      .map((frame) => {
        const [, event = '', data = ''] =
          /^event: (.+)\ndata: (.+)$/.exec(frame) ?? expect.unreachable(frame);
        return { event, data: JSON.parse(data) };
      });
  }

  test('has OpenAI’s events, the served model’s headers, and the cost with the last', async () => {
    const response = await stream(['partial_images', '1'], ['model', 'openai/gpt-image-1']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-request-id': expect.stringMatching(/^req_/),
      'retouch-model': 'openai/gpt-image-2.5-sunburst',
      'retouch-adapted': 'model',
    });
    const events = readEvents(await response.text());
    const b64_json = answered.toString('base64');
    const facts = { size: '1024x1024', quality: 'medium', background: 'opaque', output_format: 'png' };
    const model = 'openai/gpt-image-2.5-sunburst';
    const shared = { b64_json, created_at: 1_795_000_000, model, ...facts };
    expect(events).toEqual([
      {
        event: 'image_edit.partial_image',
        data: { type: 'image_edit.partial_image', partial_image_index: 0, ...shared },
      },
      {
        event: 'image_edit.completed',
        data: {
          type: 'image_edit.completed',
          ...shared,
          usage: expect.objectContaining({ total_tokens: expect.any(Number), cost: expect.any(Number) }),
          warnings: [expect.objectContaining({ param: 'model' })],
        },
      },
    ]);
  });

  test('has a completed picture for each that was asked for', async () => {
    const events = readEvents(await (await stream(['n', '3'])).text());
    expect(events.map(({ event }) => event)).toEqual(Array(3).fill('image_edit.completed'));
  });

  test('passes pictures of many megabytes, each on one line', async () => {
    started.vendor.script({ pictureBytes: 12_000_000 });
    const [event] = readEvents(await (await stream()).text());
    expect(String(event?.data.b64_json).length).toBeGreaterThan(16_000_000);
    const large = createPng({ width: 1024, height: 1024, provenanceBytes: 12_000_000 });
    expect(toSha256(Buffer.from(String(event?.data.b64_json), 'base64'))).toBe(toSha256(large));
  });

  test('streams also where the vendor answered in one piece', async () => {
    started.vendor.script({ ignoreStream: true });
    const events = readEvents(await (await stream(['n', '2'])).text());
    expect(events.map(({ event }) => event)).toEqual(Array(2).fill('image_edit.completed'));
    expect(events.map(({ data }) => 'usage' in data)).toEqual([false, true]);
  });

  test('refuses with a status where nothing was said yet', async () => {
    const response = await stream(['size', '1x1']);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param: 'size' } }]);
  });

  test('has no links, and says so', async () => {
    const response = await stream(['response_format', 'url']);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { param: 'response_format' } },
    ]);
  });

  test('ends with an error event where something was said already', async () => {
    const response = await postEdit(started.gateway, toEntries(['stream', 'true'], ['partial_images', '2']), {
      key: started.gateway.testKey,
      headers: { 'retouch-simulate': 'cut' },
    });
    expect(response.status).toBe(200);
    const events = readEvents(await response.text());
    expect(events.map(({ event }) => event)).toEqual(['image_edit.partial_image', 'error']);
    expect(events[1]?.data).toEqual({
      error: {
        message: expect.any(String),
        type: 'server_error',
        param: null,
        code: 'upstream_invalid_response',
        status: 502,
      },
    });
  });
});
