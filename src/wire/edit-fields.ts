import { z } from 'zod';
import { RetouchError } from '../core/errors.ts';
import { flag, names, providerWishes, tags } from './routing-wishes.ts';

/** Multipart fields arrive as text; a number or a switch may be either. */
const integer = z.union([
  z.int(),
  z
    .string()
    .trim()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);
const text = z.string();

/** What each field must be, in words for the caller; which values a model takes is the model's own data. */
const fields = {
  model: [text, 'the id of a model, such as "openai/gpt-image-2"'],
  prompt: [text, 'text'],
  n: [integer, 'a whole number'],
  size: [text, 'text, such as "1024x1024" or "auto"'],
  quality: [text, 'text, such as "high" or "auto"'],
  background: [text, '"transparent", "opaque" or "auto"'],
  output_format: [text, '"png", "jpeg" or "webp"'],
  output_compression: [integer, 'a whole number from 0 to 100'],
  input_fidelity: [text, '"low" or "high"'],
  moderation: [text, '"low" or "auto"'],
  user: [text, 'text'],
  safety_identifier: [text, 'text'],
  stream: [flag, 'true or false'],
  partial_images: [integer, 'a whole number from 0 to 3'],
  response_format: [z.enum(['b64_json', 'url']), '"b64_json" or "url"'],
  mask_mode: [z.enum(['strict', 'model']), '"strict" or "model"'],
  models: [names, 'a list of model ids'],
  tags: [tags, 'a list of at most 16 texts of at most 100 characters'],
  provider: [
    providerWishes,
    'an object with order, only, ignore, allow_fallbacks, sort or require_parameters',
  ],
} as const satisfies Record<string, readonly [z.ZodType, string]>;

type FieldName = keyof typeof fields;
export type EditFields = { [K in FieldName]?: z.output<(typeof fields)[K][0]> };

/** The names of all fields of an edit that are not pictures. */
export const editFieldNames: readonly string[] = Object.keys(fields);

/**
 * Types the fields of an edit. `null` means not given, as in OpenAI's own schema.
 * @throws RetouchError unknown_parameter, invalid_value
 */
export function readEditFields(raw: Readonly<Record<string, unknown>>): EditFields {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value === null || value === undefined) continue;
    read[name] = readField(name, value);
  }
  return read as EditFields;
}

function readField(name: string, value: unknown): unknown {
  if (!Object.hasOwn(fields, name)) throw unknownParameter(name);
  const [schema, expected] = fields[name as FieldName];
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const unknownKey = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [],
  )[0];
  if (unknownKey !== undefined) throw unknownParameter(`${name}.${unknownKey}`);
  const inner = result.error.issues[0]?.path.map(String) ?? [];
  const param = [name, ...inner].join('.');
  throw new RetouchError('invalid_value', `'${param}' is ${show(value, inner)}; expected ${expected}.`, {
    param,
  });
}

function unknownParameter(name: string): RetouchError {
  const param = name.slice(0, 100);
  return new RetouchError(
    'unknown_parameter',
    `Unknown parameter: '${param}'. An edit takes image, mask, ${editFieldNames.join(', ')}.`,
    { param },
  );
}

function show(value: unknown, path: readonly string[]): string {
  const inner = path.reduce<unknown>(
    (outer, key) => (typeof outer === 'object' && outer !== null ? Reflect.get(outer, key) : outer),
    value,
  );
  const shown = JSON.stringify(inner) ?? 'absent';
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
