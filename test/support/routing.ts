import type { EditRequest } from '../../src/core/edit.ts';
import { RetouchError } from '../../src/core/errors.ts';
import type { InputImage } from '../../src/core/image.ts';
import type { Model } from '../../src/core/model.ts';
import { toInputImage } from './edit-call.ts';

/** A model that nobody has, which takes nothing but what is said. */
export function createModel(differences: Partial<Model> = {}): Model {
  return {
    id: 'vendor/model',
    provider: 'vendor',
    upstreamId: 'model',
    releasedOn: '2026-01-01',
    mask: 'alpha',
    maskHolds: 'hint',
    maxImages: 16,
    inputFormats: ['png', 'jpeg', 'webp'],
    maxImageBytes: 1_000_000,
    parameters: {},
    streams: true,
    tokens: { kind: 'free' },
    ...differences,
  };
}

/** Takes ratios, at 1K and 2K. */
export const ratioModel = createModel({
  id: 'vendor/ratios',
  mask: 'none',
  converses: true,
  ratios: { '1:1': '1024x1024', '3:2': '1248x832', '16:9': '1344x768', '9:16': '768x1344' },
  imageSizes: { '1K': 1, '2K': 2 },
  parameters: {
    n: { kind: 'integer', min: 1, max: 4 },
    aspect_ratio: { kind: 'choice', values: ['1:1', '3:2', '16:9', '9:16'] },
    image_size: { kind: 'choice', values: ['1K', '2K'], adapt: { '2k': { to: '2K', because: 'capital.' } } },
    temperature: { kind: 'number', min: 0, max: 2 },
  },
});

/** Takes three sizes. */
export const fixedModel = createModel({
  id: 'vendor/fixed',
  parameters: { size: { kind: 'size', values: ['1024x1024', '1536x1024', '1024x1536', 'auto'] } },
});

/** Takes any size within limits. */
export const freeModel = createModel({
  id: 'vendor/free',
  parameters: {
    size: {
      kind: 'size',
      values: ['1024x1024', 'auto'],
      free: { multipleOf: 16, maxRatio: 3, maxEdge: 3840, minArea: 655_360, maxArea: 8_294_400 },
    },
  },
});

export function createImage(width: number, height: number, name = 'image'): InputImage {
  return toInputImage(name, Buffer.alloc(100), { width, height });
}

export function createRequest(differences: Partial<EditRequest> = {}): EditRequest {
  return {
    id: 'req_test',
    model: 'vendor/model',
    prompt: 'make it blue',
    images: [createImage(64, 48)],
    parameters: {},
    stream: false,
    routing: { models: [], allowFallbacks: true, requireParameters: false },
    tags: [],
    ...differences,
  };
}

/** What `work` throws, in plain values; its result where it throws nothing. */
export function orError<T>(work: () => T): T | { code: string; param: string | undefined; message: string } {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RetouchError)) throw error;
    return { code: error.code, param: error.param, message: error.message };
  }
}
