import { toBytes } from '../src/core/bytes.ts';
import type { EditRequest } from '../src/core/edit.ts';
import { RetouchError } from '../src/core/errors.ts';
import type { InputImage } from '../src/core/image.ts';
import { allModels } from '../src/providers/index.ts';
import { createCatalog, planEdit } from '../src/routing/index.ts';
import { readChatBody } from '../src/wire/chat-body.ts';
import { toChatEdit } from '../src/wire/chat-edit.ts';
import { toImageEdit } from '../src/wire/index.ts';

export type Surface = 'images/edits' | 'chat/completions';

/** What became of one value of one parameter: nothing else exists (law 1). */
export interface Verdict {
  surface: Surface;
  model: string;
  parameter: string;
  value: string;
  /** The parameter, and what it means nothing without. */
  given: Readonly<Record<string, unknown>>;
  outcome: 'honoured' | 'adapted' | 'refused';
  /** What the caller is told, unless it is honoured. */
  message: string;
}

interface Sample {
  name: string;
  values: readonly (string | number | boolean)[];
  /** Parameters without which the value means nothing. */
  together?: Readonly<Record<string, string | number | boolean>>;
  surfaces?: readonly Surface[];
}

const chat: readonly Surface[] = ['chat/completions'];
const edits: readonly Surface[] = ['images/edits'];

/** Values that tell the models apart. */
const samples: readonly Sample[] = [
  { name: 'mask', values: ['a PNG'], surfaces: edits },
  { name: 'mask_mode', values: ['strict', 'model', 'loose'], together: { mask: 'a PNG' }, surfaces: edits },
  { name: 'response_format', values: ['b64_json', 'url', 'png'], surfaces: edits },
  { name: 'n', values: [1, 10, 11] },
  { name: 'size', values: ['auto', '1024x1024', '1536x1024', '1920x1088', '333x200'] },
  { name: 'aspect_ratio', values: ['1:1', '3:2', '16:9', '8:1'], surfaces: chat },
  { name: 'image_size', values: ['1K', '2K', '4K'], surfaces: chat },
  { name: 'quality', values: ['auto', 'low', 'high', 'max', 'standard'] },
  { name: 'background', values: ['auto', 'opaque', 'transparent'] },
  { name: 'output_format', values: ['png', 'jpeg', 'webp', 'gif'] },
  { name: 'output_compression', values: [80, 101], together: { output_format: 'jpeg' } },
  { name: 'input_fidelity', values: ['low', 'high'] },
  { name: 'moderation', values: ['auto', 'low'] },
  { name: 'user', values: ['someone'] },
  { name: 'safety_identifier', values: ['someone'] },
  { name: 'stream', values: [true] },
  { name: 'partial_images', values: [0, 2, 4], together: { stream: true } },
  { name: 'modalities', values: ['image', 'image+text', 'text'], surfaces: chat },
  { name: 'temperature', values: [0.5], surfaces: chat },
  { name: 'seed', values: [7], surfaces: chat },
  { name: 'max_tokens', values: [1000], surfaces: chat },
  { name: 'top_p', values: [0.9], surfaces: chat },
  { name: 'frequency_penalty', values: [0.5], surfaces: chat },
  { name: 'presence_penalty', values: [0.5], surfaces: chat },
];

const catalog = createCatalog(allModels);
/** Of the catalogue's facts (contract 0.1). */
const catalogueDay = '2026-11-23';
const living = allModels.filter(({ retiredOn = '9999' }) => retiredOn > catalogueDay);

/** Every surface × every living model × every parameter, as the planner decides it. */
export function toMatrix(): readonly Verdict[] {
  return samples.flatMap((sample) =>
    (sample.surfaces ?? [...edits, ...chat]).flatMap((surface) =>
      living.flatMap(({ id }) => sample.values.map((value) => judge(surface, id, sample, value))),
    ),
  );
}

function judge(surface: Surface, model: string, sample: Sample, value: string | number | boolean): Verdict {
  const given = { ...sample.together, [sample.name]: value };
  const about = { surface, model, parameter: sample.name, value: String(value), given };
  try {
    const request = surface === 'images/edits' ? toEdit(model, given) : toChat(model, given);
    const [candidate] = planEdit(request, catalog, {
      ...{ retiredModels: 'refuse', largePictures: 'refuse', today: catalogueDay, isGone: () => false },
    });
    const warning = candidate?.warnings.find(({ param }) => param === sample.name);
    if (!warning) return { ...about, outcome: 'honoured', message: '' };
    return { ...about, outcome: 'adapted', message: warning.message };
  } catch (error) {
    if (!(error instanceof RetouchError)) throw error;
    return { ...about, outcome: 'refused', message: error.message };
  }
}

const facts = {
  ...({ format: 'png', width: 1200, height: 800, orientedWidth: 1200, orientedHeight: 800 } as const),
  ...{ orientation: 1, hasAlpha: true, progressive: false, frames: 1 },
};
const picture: InputImage = {
  name: 'image',
  content: { encoding: 'binary', bytes: toBytes(new Uint8Array(8)) },
  byteLength: 8,
  facts,
};

function toEdit(model: string, { mask, ...fields }: Verdict['given']): EditRequest {
  const body = {
    fields: { model, prompt: 'make it warmer', ...fields },
    images: [picture],
    ...(mask !== undefined && { mask: { ...picture, name: 'mask' } }),
  };
  return toImageEdit('req', body).request;
}

const topLevel = new Set([
  ...['n', 'stream', 'temperature', 'seed', 'max_tokens', 'user', 'safety_identifier'],
  ...['top_p', 'frequency_penalty', 'presence_penalty'],
]);

/** The parameters where a chat body has them. */
export function toChatFields({ modalities, ...given }: Verdict['given']): Record<string, unknown> {
  const top = Object.entries(given).filter(([name]) => topLevel.has(name));
  const config = Object.entries(given).filter(([name]) => !topLevel.has(name));
  return {
    ...Object.fromEntries(top),
    ...(config.length > 0 && { image_config: Object.fromEntries(config) }),
    ...(modalities !== undefined && { modalities: String(modalities).split('+') }),
  };
}

function toChat(model: string, given: Verdict['given']): EditRequest {
  const messages = [{ role: 'user', content: 'make it warmer' }];
  const chatBody = readChatBody({ model, messages, ...toChatFields(given) });
  const parts = [
    { type: 'image', image: picture },
    { type: 'text', text: 'make it warmer' },
  ] as const;
  return toChatEdit('req', chatBody, [{ role: 'user', parts }]);
}
