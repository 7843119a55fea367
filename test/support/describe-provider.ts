import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import type { EditEvent, EditOutcome } from '../../src/core/edit.ts';
import { type ErrorCode, RetouchError } from '../../src/core/errors.ts';
import type { Model } from '../../src/core/model.ts';
import type { Provider } from '../../src/providers/index.ts';
import { type CallWishes, createCall, readContent, toInputImage, toSha256 } from './edit-call.ts';
import { createPng } from './small-png.ts';

/** The faults every provider must tell apart, and what the caller is told. */
const faultCodes = {
  unauthorized: 'upstream_key_rejected',
  'rate-limited': 'rate_limit_exceeded',
  'server-error': 'upstream_outcome_unknown',
  moderation: 'moderation_blocked',
  /** Never answers: the provider under test has a short deadline. */
  silent: 'upstream_outcome_unknown',
  cut: 'upstream_invalid_response',
} as const satisfies Record<string, ErrorCode>;

export type ConformanceFault = keyof typeof faultCodes;

export interface UpstreamUnderTest {
  /** The provider's key there, which nobody else may see. */
  key: string;
  /** The next call fails like this. */
  fail(fault: ConformanceFault): void;
  /** Calls that reached it. */
  callCount(): number;
  /** SHA-256 of each picture of the last call, in order, the mask last. */
  received(): readonly string[];
  /** Refuses connections until `plugIn`. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
}

export interface ProviderUnderTest {
  provider: Provider;
  /** Absent: the provider does the work itself. */
  upstream?: UpstreamUnderTest;
  close(): Promise<void>;
}

/** A provider that has been started, and one of its models that takes several pictures. */
interface Subject {
  provider: Provider;
  model: Model;
  edit(wishes?: Partial<CallWishes>, signal?: AbortSignal): Promise<EditOutcome>;
  /** Skips the test where there is no upstream. */
  upstream(context: TestContext): UpstreamUnderTest;
}

/** What every provider keeps to. */
export function describeProvider(
  name: string,
  modelId: string,
  start: () => Promise<ProviderUnderTest>,
): void {
  describe(`${name} is a provider`, () => {
    let started: ProviderUnderTest;
    beforeAll(async () => {
      started = await start();
    });
    afterAll(() => started.close());
    const getSubject = (): Subject => {
      const { provider, upstream } = started;
      const model = provider.models.find(({ id }) => id === modelId);
      if (!model) throw new Error(`${name} has no model ${modelId}`);
      return {
        provider,
        model,
        edit: (wishes, signal = new AbortController().signal) =>
          provider.edit(createCall({ model, images: images.slice(0, 1), ...wishes }), signal),
        upstream: ({ skip }) => upstream ?? skip(`${name} has no upstream`),
      };
    };
    describeResults(getSubject);
    describeSending(getSubject);
    describeFaults(getSubject);
  });
}

const colours = [
  [255, 0, 0, 255],
  [0, 255, 0, 255],
  [0, 0, 255, 255],
] as const;
const pictures = colours.map((colour) => createPng({ width: 16, height: 16, colour }));
const maskBytes = createPng({ width: 16, height: 16, colour: [0, 0, 0, 0] });
const images = pictures.map((bytes, index) => toInputImage(`image[${index}]`, bytes));

async function failureOf(promise: Promise<unknown>): Promise<RetouchError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RetouchError);
  return error as RetouchError;
}

function describeResults(getSubject: () => Subject): void {
  test('Its models are its own, and those that retire name a successor', () => {
    const { provider } = getSubject();
    for (const model of provider.models) {
      expect(model.provider).toBe(provider.id);
      expect(model.id.startsWith(`${provider.id}/`)).toBe(true);
      if (model.retiredOn !== undefined) expect(model.successor, model.id).toBeDefined();
      for (const day of [model.releasedOn, model.retiredOn ?? '2026-01-01']) {
        expect(day).toMatch(/^20\d\d-\d\d-\d\d$/);
      }
    }
  });

  test('It returns a real picture in the format it names, and usage in whole tokens', async () => {
    const { images, facts, usage, createdAt } = await getSubject().edit();
    const [bytes] = await Promise.all(images.map(({ content }) => readContent(content)));
    expect(images.length).toBe(1);
    expect(facts.output_format).toBe('png');
    expect(bytes?.toString('latin1', 1, 4)).toBe('PNG');
    for (const tokens of Object.values(usage ?? {})) expect(Number.isInteger(tokens)).toBe(true);
    expect(createdAt).toBeGreaterThan(1_700_000_000);
  });

  test('It makes as many pictures as asked for', async () => {
    const { edit, model } = getSubject();
    const rule = model.parameters.n;
    const n = rule?.kind === 'integer' ? Math.min(rule.max, 3) : 1;
    expect((await edit({ parameters: { n } })).images.length).toBe(n);
  });

  test('It tells a caller that streams of each finished picture', async (context) => {
    const { edit, model } = getSubject();
    if (!model.streams) context.skip(`${model.id} does not stream`);
    const events: EditEvent[] = [];
    const outcome = await edit({ events, parameters: { partial_images: 2 } });
    const completed = events.filter(({ type }) => type === 'completed');
    expect(completed.length).toBe(outcome.images.length);
    expect(events.at(-1)?.type).toBe('completed');
  });
}

function describeSending(getSubject: () => Subject): void {
  test('It sends the pictures and the mask as they are, in their order', async (context) => {
    const { edit, model, upstream } = getSubject();
    const { received } = upstream(context);
    const mask = toInputImage('mask', maskBytes);
    await edit({ images, ...(model.mask !== 'none' && { mask }) });
    const sent = model.mask === 'alpha' ? [...pictures, maskBytes] : pictures;
    expect(received()).toEqual(sent.map(toSha256));
    const asText = pictures.map((bytes, index) =>
      toInputImage(`image[${index}]`, bytes, { encoding: 'base64' }),
    );
    await edit({ images: asText });
    expect(received()).toEqual(pictures.map(toSha256));
  });

  test('Nothing is sent before the dispatch was recorded, nor when it could not be', async (context) => {
    const { edit, upstream } = getSubject();
    const { callCount } = upstream(context);
    const before = callCount();
    const refusal = new RetouchError('storage_unavailable', 'The disk is full.');
    const beforeDispatch = async (): Promise<void> => {
      await delay(20);
      expect(callCount()).toBe(before);
      throw refusal;
    };
    expect(await failureOf(edit({ beforeDispatch }))).toBe(refusal);
    await delay(20);
    expect(callCount()).toBe(before);
  });
}

function describeFaults(getSubject: () => Subject): void {
  test('It does not start when the call was aborted before', async () => {
    let dispatched = false;
    const beforeDispatch = async (): Promise<void> => {
      dispatched = true;
    };
    await failureOf(getSubject().edit({ beforeDispatch }, AbortSignal.abort()));
    expect(dispatched).toBe(false);
  });

  test('It ends within 100 ms of an abort', async (context) => {
    const { edit, upstream } = getSubject();
    upstream(context).fail('silent');
    const controller = new AbortController();
    const call = failureOf(edit({}, controller.signal));
    await delay(50);
    const abortedAt = performance.now();
    controller.abort();
    expect((await call).code).toBe('upstream_outcome_unknown');
    expect(performance.now() - abortedAt).toBeLessThan(100);
  });

  test.for(Object.entries(faultCodes))(
    '%s becomes %s, and never shows the key',
    async ([fault, code], context) => {
      const { edit, upstream } = getSubject();
      const { key, fail } = upstream(context);
      fail(fault as ConformanceFault);
      const error = await failureOf(edit());
      expect(error.code).toBe(code);
      if (code === 'rate_limit_exceeded') expect(error.retryAfterMs).toBeGreaterThan(0);
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      expect(shown).not.toContain(key.slice(-12));
    },
  );

  test('A refused connection is certain not to have cost anything', async (context) => {
    const { edit, upstream } = getSubject();
    const { unplug, plugIn } = upstream(context);
    await unplug();
    const error = await failureOf(edit()).finally(plugIn);
    expect(error.code).toBe('upstream_unreachable');
  });
}
