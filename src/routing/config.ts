import { z } from 'zod';
import type { Setting, Settings } from '../core/setting.ts';
import { text } from '../core/setting.ts';

const retiredModels: Setting<'substitute' | 'refuse'> = {
  env: 'RETOUCH_RETIRED_MODELS',
  schema: z.enum(['substitute', 'refuse']) as unknown as z.ZodType<'substitute' | 'refuse', string>,
  default: 'substitute',
  form: '"substitute" or "refuse"',
  example: 'refuse',
  doc: "What happens to a call for a model that its vendor has shut down: served by the model's successor with notice, or refused with 404.",
};

const largePictures: Setting<'refuse' | 'fit'> = {
  env: 'RETOUCH_LARGE_PICTURES',
  schema: z.enum(['refuse', 'fit']) as unknown as z.ZodType<'refuse' | 'fit', string>,
  default: 'refuse',
  form: '"refuse" or "fit"',
  example: 'fit',
  doc: 'What happens to pictures that are together more than a model takes in one request (Gemini: 100 MiB as base64): refused with 413, or made smaller with notice.',
};

const modelsFile: Setting<string | undefined> = {
  env: 'RETOUCH_MODELS_FILE',
  schema: text(),
  default: undefined,
  form: 'the path of a JSON file',
  example: '/etc/retouch/models.json',
  doc: 'A file with models to add to the catalogue, or with changes to models in it (see docs/models.md).',
};

export const routingSettings = { retiredModels, largePictures, modelsFile } satisfies Settings;
