import type { EditParameters, EditRequest } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { InputImage } from '../core/image.ts';
import { type EditFields, readEditFields } from './edit-fields.ts';
import { checkPromptLength } from './prompt.ts';
import { toRoutingWishes } from './routing-wishes.ts';

/** An edit's body as `intake` read it: typed by name only. */
export interface EditBody {
  fields: Readonly<Record<string, unknown>>;
  images: readonly InputImage[];
  mask?: InputImage | undefined;
}

export interface ImageEdit {
  request: EditRequest;
  /** How the pictures are to be given back. */
  responseFormat: 'b64_json' | 'url';
}

/**
 * `POST /images/edits` → the canonical request (contract 1.2, 2.1, 2.2).
 * @throws RetouchError for a field that is missing, unknown or of the wrong type
 */
export function toImageEdit(id: string, body: EditBody, simulate?: string): ImageEdit {
  const fields = readEditFields(body.fields);
  const prompt = readPrompt(fields);
  if (fields.stream && fields.response_format === 'url') throw urlInStream();
  if (body.images.length === 0) throw missing('image', 'at least one picture: PNG, JPEG or WebP');
  if (fields.mask_mode && !body.mask)
    throw missing('mask', "one, since 'mask_mode' says how it is to be held");
  return {
    responseFormat: fields.response_format ?? 'b64_json',
    request: {
      id,
      model: fields.model?.trim() || throwMissing('model', 'the id of a model, such as "openai/gpt-image-2"'),
      prompt,
      images: body.images,
      ...(body.mask && { mask: body.mask }),
      ...(fields.mask_mode === 'strict' && { maskMode: 'strict' as const }),
      parameters: toParameters(fields),
      stream: fields.stream ?? false,
      routing: toRoutingWishes(fields),
      tags: fields.tags ?? [],
      ...(simulate !== undefined && { simulate }),
    },
  };
}

function readPrompt(fields: EditFields): string {
  const prompt = fields.prompt ?? '';
  if (prompt.trim() === '') throw missing('prompt', 'text that says what to change');
  checkPromptLength(prompt, "'prompt'", 'prompt');
  return prompt;
}

const parameterNames = [
  'n',
  'size',
  'quality',
  'background',
  'output_format',
  'output_compression',
  'input_fidelity',
  'moderation',
  'user',
  'safety_identifier',
  'partial_images',
] as const satisfies readonly (keyof EditParameters)[];

function toParameters(fields: EditFields): EditParameters {
  return Object.fromEntries(
    parameterNames.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
  );
}

function urlInStream(): RetouchError {
  return new RetouchError(
    'invalid_value',
    "'response_format' is url, but a stream gives its pictures as they come, in b64_json; leave out one of 'stream' and 'response_format'.",
    { param: 'response_format' },
  );
}

function missing(param: string, expected: string): RetouchError {
  return new RetouchError(
    'missing_required_parameter',
    `Missing required parameter: '${param}'. Expected ${expected}.`,
    { param },
  );
}

function throwMissing(param: string, expected: string): never {
  throw missing(param, expected);
}
