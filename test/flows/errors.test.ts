import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ErrorCode, errorCatalogue } from '../../src/core/errors.ts';
import {
  type FormEntry,
  mask,
  openSocket,
  type PostWishes,
  picture,
  postEdit,
  readToEnd,
  toEditHead,
  toEntries,
} from '../support/edit-post.ts';
import type { FaultName } from '../support/scripted-openai.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

type Stage = Awaited<ReturnType<typeof startVendorGateway>>;

interface Answer {
  status: number;
  headers: { get(name: string): string | null };
  body: unknown;
}

interface Case {
  /** Settings of a gateway of its own. */
  environment?: Record<string, string>;
  cause: (stage: Stage) => Promise<Answer>;
  /** It happens at the vendor: calls that reach it. */
  vendorCalls?: number;
}

const post = async ({ gateway }: Stage, body: readonly FormEntry[] | object, wishes?: PostWishes) =>
  toAnswer(await postEdit(gateway, body, wishes));

/** An edit whose parts are these besides what is needed. */
const edit =
  (...entries: FormEntry[]) =>
  (stage: Stage) =>
    post(stage, toEntries(...entries));

const get =
  (path: string, init: RequestInit = {}) =>
  async ({ gateway }: Stage) =>
    toAnswer(await fetch(gateway.url + path, init));

async function toAnswer(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** A body with a type of its own. */
const send =
  (contentType: string, text: string) =>
  async ({ gateway }: Stage) =>
    toAnswer(
      await fetch(`${gateway.api}/images/edits`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.liveKey}`, 'content-type': contentType },
        body: text,
      }),
    );

/** What only a bare socket can send. */
const speak = (text: (stage: Stage) => string) => async (stage: Stage) => {
  const socket = await openSocket(stage.gateway);
  socket.end(text(stage));
  const { status, headers, text: body } = (await readToEnd(socket)) ?? expect.unreachable('no answer');
  return { status, headers: new Headers({ ...headers }), body: JSON.parse(body) };
};

/** The vendor fails like this, as often as it is asked. */
const fail = (...faults: FaultName[]): Omit<Case, 'environment'> => ({
  async cause(stage) {
    stage.vendor.script(...faults);
    return edit()(stage);
  },
  vendorCalls: faults.length,
});

const local: FormEntry = ['model', 'local/retouch'];
/** The lab refuses what needs more. */
const littleMemory = { RETOUCH_LAB_MEMORY_BYTES: '268435456' };
const link = (image_url: string) => (stage: Stage) =>
  post(stage, { model: 'gpt-image-2', prompt: 'make it blue', images: [{ image_url }] });

const cases: Record<Exclude<ErrorCode, keyof typeof drivenElsewhere>, Case> = {
  missing_api_key: { cause: get('/api/v1/images/edits', { method: 'POST' }) },
  invalid_api_key: { cause: (stage) => post(stage, toEntries(), { key: 'rt_live_wrong' }) },
  wrong_key_kind: { cause: (stage) => post(stage, toEntries(), { key: stage.gateway.adminKey }) },
  model_not_allowed: {
    async cause(stage) {
      const key = await createKey(stage, { models: ['local/retouch'] });
      return post(stage, toEntries(), { key });
    },
  },
  not_found: { cause: get('/api/v1/nothing') },
  invalid_http: { cause: speak(() => 'EDIT my picture\r\n\r\n') },
  method_not_allowed: { cause: get('/api/v1/images/edits') },
  misdirected_host: {
    cause: speak(() => 'GET /api/v1/models HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n'),
  },
  model_not_found: { cause: edit(['model', 'gpt-image-9']) },
  upstream_model_gone: { environment: {}, ...fail('model-gone') },
  image_not_found: { cause: get(`/api/v1/images/img_${'0'.repeat(32)}.png?expires=99999999999&signature=x`) },
  key_not_found: {
    cause: (stage) =>
      get('/admin/v1/keys/key_nobody', { headers: { authorization: `Bearer ${stage.gateway.adminKey}` } })(
        stage,
      ),
  },
  unsupported_content_type: { cause: send('text/plain', 'make it blue') },
  invalid_multipart: { cause: send('multipart/form-data; boundary=b', '--b\r\nno end') },
  invalid_json: { cause: send('application/json', '{"prompt": ') },
  request_too_large: { cause: edit(['prompt', 'x'.repeat(600_000)]) },
  too_many_fields: {
    cause: edit(...Array.from({ length: 65 }, (_, index) => ['tags[]', `${index}`] as const)),
  },
  upload_incomplete: {
    cause: speak(({ gateway }) => `${toEditHead(gateway, 'multipart/form-data; boundary=b', 1000)}--b\r\n`),
  },
  missing_required_parameter: { cause: edit(['prompt', ' ']) },
  unknown_parameter: { cause: edit(['colour', 'blue']) },
  duplicate_parameter: { cause: edit(['size', 'auto'], ['size', '1024x1024']) },
  invalid_value: { cause: edit(['n', '11']) },
  unsupported_parameter: { cause: edit(['input_fidelity', 'low'], ['provider[require_parameters]', 'true']) },
  string_above_max_length: { cause: edit(['prompt', 'x'.repeat(32_001)]) },
  instruction_not_understood: { cause: edit(local, ['prompt', 'let it sing of the sea']) },
  too_many_images: { cause: edit(...Array.from({ length: 17 }, () => ['image[]', picture] as const)) },
  image_too_large: {
    environment: { RETOUCH_MAX_IMAGE_BYTES: '1024' },
    cause: edit(['image', createPng({ width: 9, height: 9, provenanceBytes: 2_000 })]),
  },
  image_dimensions_too_large: { cause: edit(['image', createPng({ width: 20_000, height: 1 })]) },
  unsupported_image_format: { cause: edit(['image', Buffer.from('GIF89a, but not really')]) },
  invalid_image_file: { cause: edit(['image', picture.subarray(0, 20)]) },
  image_url_invalid: { cause: link('https://user:secret@example.com/cat.png') },
  image_url_refused: { cause: link('https://127.0.0.1/cat.png') },
  image_download_failed: {
    environment: { RETOUCH_IMAGE_URL_ALLOW: '127.0.0.1:1' },
    cause: link('http://127.0.0.1:1/cat.png'),
  },
  too_many_links: {
    environment: { RETOUCH_IMAGE_URLS_PER_MINUTE: '1', RETOUCH_IMAGE_URL_ALLOW: '127.0.0.1:1' },
    cause: async (stage) => {
      await link('http://127.0.0.1:1/cat.png')(stage);
      return link('http://127.0.0.1:1/dog.png')(stage);
    },
  },
  invalid_mask_image_format: { cause: edit(['mask', picture]) },
  mask_size_mismatch: { cause: edit(['mask', createPng({ width: 9, height: 9, colour: [0, 0, 0, 0] })]) },
  mask_not_supported: { cause: edit(local, ['prompt', 'rotate by 90 degrees'], ['mask', mask]) },
  moderation_blocked: fail('moderation'),
  image_generation_failed: fail('user-error'),
  upstream_rejected: fail('huge-error'),
  rate_limit_exceeded: fail('rate-limited'),
  upstream_overloaded: fail('overloaded', 'overloaded', 'overloaded'),
  upstream_unreachable: {
    async cause(stage) {
      await stage.vendor.unplug();
      return edit()(stage).finally(() => stage.vendor.plugIn());
    },
  },
  upstream_key_rejected: fail('unauthorized'),
  upstream_out_of_credit: fail('out-of-quota'),
  upstream_outcome_unknown: fail('server-error'),
  upstream_invalid_response: fail('unparsable'),
  no_image_returned: fail('no-image'),
  mask_not_applied: {
    async cause(stage) {
      stage.vendor.script({ pictureSize: '1024x512' });
      return edit(['mask', mask], ['mask_mode', 'strict'])(stage);
    },
    vendorCalls: 1,
  },
  result_lost: {
    environment: { RETOUCH_MAX_IMAGE_PIXELS: '10000000' },
    async cause(stage) {
      stage.vendor.script({ pictureSize: '4800x3600' });
      return edit(['mask', mask], ['mask_mode', 'strict'])(stage);
    },
    vendorCalls: 1,
  },
  provider_not_configured: { environment: { OPENAI_API_KEY: '' }, cause: edit() },
  server_busy: {
    environment: { RETOUCH_LAB_PROCESSES: '1' },
    async cause({ gateway }) {
      // One works for seconds, a hundred wait.
      const heavy: FormEntry = ['image', createPng({ width: 6_000, height: 4_000 })];
      const long = postEdit(gateway, toEntries(local, ['prompt', 'blur by 100 %, then sharpen'], heavy));
      await delay(300);
      const all = await Promise.all(
        Array.from({ length: 110 }, () => postEdit(gateway, toEntries(local, ['prompt', 'blur']))),
      );
      await (await long).arrayBuffer();
      const refused = all.filter(({ ok }) => !ok);
      expect(refused.length).toBeLessThan(20);
      return toAnswer(refused[0] ?? expect.unreachable('nobody was refused'));
    },
  },
  server_stopping: {
    environment: {},
    async cause(stage) {
      stage.vendor.script({ delayMs: 1_500 });
      const running = postEdit(stage.gateway, toEntries());
      await expect.poll(() => stage.vendor.calls.length).toBe(1);
      const closing = stage.gateway.close();
      const answer = await edit()(stage);
      expect((await running).status).toBe(200);
      await closing;
      return answer;
    },
    vendorCalls: 1,
  },
  storage_unavailable: {
    environment: { RETOUCH_SPOOL_MEMORY_BYTES: '0' },
    async cause(stage) {
      const folder = join(stage.gateway.dataDirectory, 'spool');
      await rm(folder, { recursive: true });
      await writeFile(folder, 'a file where the folder was');
      return edit()(stage);
    },
  },
  image_too_complex: {
    environment: littleMemory,
    cause: edit(local, ['prompt', 'blur'], ['image', createPng({ width: 8_000, height: 2_500 })]),
  },
  internal_error: {
    environment: {},
    async cause(stage) {
      const database = new DatabaseSync(join(stage.gateway.dataDirectory, 'retouch.db'));
      database.exec('ALTER TABLE keys RENAME TO lost');
      database.close();
      return edit()(stage);
    },
  },
};

/** Rows that take too long, or too much, for this file, and where they are driven. */
const drivenElsewhere = {
  upload_too_slow: 'test/slow/patience.test.ts: it takes 20 seconds of silence',
} as const satisfies Partial<Record<ErrorCode, string>>;

async function createKey({ gateway }: Stage, wishes: object): Promise<string> {
  const response = await fetch(`${gateway.url}/admin/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'limited', mode: 'live', ...wishes }),
  });
  return ((await response.json()) as { key: string }).key;
}

describe('every row of the error catalogue', () => {
  let common: Stage;
  beforeAll(async () => {
    common = await startVendorGateway();
  });
  afterAll(() => common.close());

  test('is driven here, or said to be driven elsewhere', () => {
    expect([...Object.keys(cases), ...Object.keys(drivenElsewhere)].sort()).toEqual(
      Object.keys(errorCatalogue).sort(),
    );
  });

  test.each(Object.entries(cases) as [ErrorCode, Case][])(
    '%s',
    async (code, { environment, cause, vendorCalls = 0 }) => {
      const stage = environment ? await startVendorGateway(environment) : common;
      try {
        const callsBefore = stage.vendor.calls.length;
        const { status, headers, body } = await cause(stage);
        const row = errorCatalogue[code];
        expect(body).toEqual({
          error: {
            message: expect.stringMatching(/^\S.*[.!]$/s),
            type: row.type,
            param: (body as { error: { param: unknown } }).error.param,
            code,
            status: row.status,
            ...(code === 'moderation_blocked' && {
              moderation_details: { moderation_stage: 'output', categories: ['violence'] },
            }),
          },
        });
        expect((body as { error: { param: unknown } }).error.param).toSatisfy(
          (param) => param === null || (typeof param === 'string' && param !== ''),
        );
        expect(status).toBe(row.status);
        expect(headers.get('x-should-retry')).toBe(String(row.retry));
        expect(headers.get('content-type')).toMatch(/^application\/json/);
        expect(stage.vendor.calls.length - callsBefore).toBe(vendorCalls);
        const { liveKey, dataDirectory } = stage.gateway;
        for (const secret of [liveKey, dataDirectory, stage.vendor.key, stage.vendor.key.slice(-8)]) {
          expect(JSON.stringify(body)).not.toContain(secret);
        }
      } finally {
        if (stage !== common) await stage.close().catch(() => undefined);
      }
    },
  );
});

/** What callers are told of each way in which the vendor can fail (reliability 4). */
const vendorFaults: Record<FaultName, { code: ErrorCode; calls?: number; wishes?: readonly FormEntry[] }> = {
  'rate-limited': { code: 'rate_limit_exceeded' },
  'out-of-quota': { code: 'upstream_out_of_credit' },
  'billing-limit': { code: 'upstream_out_of_credit' },
  unauthorized: { code: 'upstream_key_rejected' },
  forbidden: { code: 'upstream_key_rejected' },
  moderation: { code: 'moderation_blocked' },
  'user-error': { code: 'image_generation_failed' },
  'too-large': { code: 'request_too_large' },
  'unsupported-media': { code: 'upstream_rejected' },
  unprocessable: { code: 'upstream_rejected' },
  'credit-exhausted': { code: 'upstream_out_of_credit' },
  'project-spent': { code: 'upstream_out_of_credit' },
  // From then on it is not asked any more, hence one that nobody else here needs.
  'model-gone': { code: 'upstream_model_gone', wishes: [['model', 'gpt-image-2.6-flare']] },
  overloaded: { code: 'upstream_overloaded', calls: 3 },
  'unavailable-page': { code: 'upstream_outcome_unknown' },
  'server-error': { code: 'upstream_outcome_unknown' },
  'bad-gateway': { code: 'upstream_outcome_unknown' },
  'gateway-timeout': { code: 'upstream_outcome_unknown' },
  'huge-error': { code: 'upstream_rejected' },
  redirect: { code: 'upstream_invalid_response' },
  'reset-mid-upload': { code: 'upstream_outcome_unknown', calls: 0 },
  'reset-before-headers': { code: 'upstream_outcome_unknown' },
  silent: { code: 'upstream_outcome_unknown' },
  cut: { code: 'upstream_invalid_response' },
  unparsable: { code: 'upstream_invalid_response' },
  'not-an-object': { code: 'upstream_invalid_response' },
  'no-image': { code: 'no_image_returned' },
  'link-instead': { code: 'upstream_invalid_response' },
  'error-in-200': { code: 'upstream_outcome_unknown' },
  endless: { code: 'upstream_invalid_response' },
  drip: { code: 'upstream_invalid_response' },
  stalled: { code: 'upstream_invalid_response' },
  gzip: { code: 'upstream_invalid_response' },
  'stream-cut': { code: 'upstream_invalid_response', wishes: [['stream', 'true']] },
  'stream-without-end': { code: 'upstream_invalid_response', wishes: [['stream', 'true']] },
  'stream-error': { code: 'moderation_blocked', wishes: [['stream', 'true']] },
};

describe('where the vendor fails by', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startVendorGateway({
      RETOUCH_UPSTREAM_HEADERS_TIMEOUT_MS: '1000',
      RETOUCH_UPSTREAM_IDLE_TIMEOUT_MS: '1000',
      RETOUCH_UPSTREAM_TOTAL_TIMEOUT_MS: '2500',
      RETOUCH_UPSTREAM_MAX_RESPONSE_BYTES: '2097152',
    });
  });
  afterAll(() => stage.close());

  test.each(Object.entries(vendorFaults) as [FaultName, (typeof vendorFaults)[FaultName]][])(
    '%s, it is told truly and paid for once at most',
    async (fault, { code, calls = 1, wishes = [] }) => {
      const { gateway, vendor } = stage;
      const [callsBefore, billBefore] = [vendor.calls.length, vendor.bill.length];
      vendor.script(...Array<FaultName>(Math.max(calls, 1)).fill(fault));
      const { status, headers, body } = await edit(...wishes)(stage);
      expect(body).toMatchObject({ error: { code, status: errorCatalogue[code].status } });
      expect(status).toBe(errorCatalogue[code].status);
      expect(headers.get('x-should-retry')).toBe(String(errorCatalogue[code].retry));
      expect(headers.get('retry-after') !== null).toBe(errorCatalogue[code].retry);
      expect([headers.get('retouch-provider'), headers.get('retouch-attempts')]).toEqual([
        'openai',
        String(Math.max(calls, 1)),
      ]);
      expect(vendor.calls.length - callsBefore).toBe(calls);
      expect(vendor.bill.length - billBefore).toBeLessThanOrEqual(1);
      expect(JSON.stringify(body)).not.toContain(vendor.key);
      expect(await gateway.spooledFiles()).toEqual([]);
      expect((await edit()(stage)).status).toBe(200);
    },
  );

  test('no key of the vendor is in the log', () => {
    expect(stage.gateway.log.length).toBeGreaterThan(Object.keys(vendorFaults).length);
    expect(JSON.stringify(stage.gateway.log)).not.toContain(stage.vendor.key);
  });
});

test('a vendor whose TLS cannot be had got nothing: so it is asked again, and then said', async () => {
  const stage = await startVendorGateway();
  const { url } = stage.vendor;
  const encrypted = await startVendorGateway({ OPENAI_BASE_URL: url.replace('http:', 'https:') });
  const { status, headers, body } = await edit()(encrypted);
  expect(status).toBe(502);
  expect(body).toMatchObject({ error: { code: 'upstream_unreachable' } });
  expect([headers.get('retouch-attempts'), headers.get('x-should-retry')]).toEqual(['3', 'true']);
  expect(stage.vendor.bill).toEqual([]);
  await encrypted.close();
  await stage.close();
});

test('what cannot be recorded is not sent', async () => {
  const stage = await startVendorGateway();
  const database = new DatabaseSync(join(stage.gateway.dataDirectory, 'retouch.db'));
  database.exec('BEGIN IMMEDIATE');
  const { status, headers, body } = await edit()(stage);
  expect([status, headers.get('x-should-retry')]).toEqual([503, 'true']);
  expect(body).toMatchObject({ error: { code: 'storage_unavailable' } });
  expect(stage.vendor.calls).toEqual([]);
  database.exec('ROLLBACK');
  database.close();
  expect((await edit()(stage)).status).toBe(200);
  await stage.close();
});
