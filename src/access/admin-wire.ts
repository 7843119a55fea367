import { z } from 'zod';
import { RetouchError } from '../core/errors.ts';
import { wholeNumber } from '../core/setting.ts';
import type { KeyChanges, KeyRecord } from '../store/index.ts';
import type { KeyList, KeyPage, KeyWishes } from './keys.ts';

const keyFields = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^\P{Cc}*$/u)
    .refine((name) => name.isWellFormed()),
  mode: z.enum(['live', 'test']),
  models: z.array(z.string().trim().min(1).max(200)).min(1).max(100).nullable().optional(),
  expires_at: z.iso.datetime({ offset: true }).transform(Date.parse).nullable().optional(),
};
const newKey = z.strictObject(keyFields);
const keyChanges = z.strictObject({ ...keyFields, name: keyFields.name.optional() }).omit({ mode: true });
const keyPage = z.strictObject({
  limit: wholeNumber(1, 100).default(20),
  after: z.string().optional(),
});

/** What each field must be, as the end of a sentence. */
const forms: Record<string, string> = {
  name: 'a text of 1 to 100 characters, without control characters',
  mode: '"live" or "test"',
  models: 'a list of 1 to 100 model ids such as ["local/retouch"], or null for all models',
  expires_at: 'a moment in the future such as "2030-01-31T12:00:00Z", or null for never',
  limit: 'a whole number from 1 to 100',
  after: 'the id of the last key of the page before',
};

/**
 * The body of `POST /admin/v1/keys`.
 * @throws RetouchError unknown_parameter, missing_required_parameter, invalid_value
 */
export function readNewKey(body: unknown, nowMs: number): KeyWishes {
  const { name, mode, ...limits } = read(newKey, body);
  return { name, mode, ...toLimits(limits, nowMs) };
}

/** The body of `PATCH /admin/v1/keys/{id}`. @throws RetouchError unknown_parameter, invalid_value */
export function readKeyChanges(body: unknown, nowMs: number): KeyChanges {
  const { name, ...limits } = read(keyChanges, body);
  return { ...(name !== undefined && { name }), ...toLimits(limits, nowMs) };
}

/** The query of `GET /admin/v1/keys`. @throws RetouchError unknown_parameter, invalid_value */
export function readKeyPage(query: unknown): KeyPage {
  const { limit, after } = read(keyPage, query);
  return { limit, ...(after !== undefined && { after }) };
}

/** A key as the admin API shows it. */
export function toPublicKey({ id, name, mode, models, preview, ...times }: KeyRecord) {
  return {
    id,
    object: 'key' as const,
    name,
    mode,
    models,
    preview,
    created_at: new Date(times.createdAt).toISOString(),
    expires_at: toTime(times.expiresAt),
    revoked_at: toTime(times.revokedAt),
  };
}

/** `last_id` is the `after` of the next page. */
export function toPublicKeyList({ records, hasMore }: KeyList) {
  return {
    object: 'list' as const,
    data: records.map(toPublicKey),
    has_more: hasMore,
    last_id: records.at(-1)?.id ?? null,
  };
}

function toLimits({ models, expires_at: expiresAt }: Limits, nowMs: number) {
  if (typeof expiresAt === 'number' && expiresAt <= nowMs) throw refuse('expires_at', toTime(expiresAt));
  return { ...(models !== undefined && { models }), ...(expiresAt !== undefined && { expiresAt }) };
}

type Limits = Pick<z.output<typeof newKey>, 'models' | 'expires_at'>;

function read<T>(schema: z.ZodType<T>, given: unknown): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const param = issue.keys[0]?.slice(0, 100) ?? '';
    throw new RetouchError('unknown_parameter', `There is no parameter ${JSON.stringify(param)} here.`, {
      param,
    });
  }
  const [param] = issue?.path ?? [];
  if (typeof param !== 'string') throw new RetouchError('invalid_value', 'The body must be a JSON object.');
  throw refuse(param, (given as Record<string, unknown>)[param]);
}

function refuse(param: string, found: unknown): RetouchError {
  const mustBe = `"${param}" must be ${forms[param]}`;
  if (found === undefined) return new RetouchError('missing_required_parameter', `${mustBe}.`, { param });
  const shown = JSON.stringify(found).slice(0, 100);
  return new RetouchError('invalid_value', `${mustBe}; it is ${shown}.`, { param });
}

function toTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
