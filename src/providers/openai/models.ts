import type { Model, ParameterRule, TokenPrices } from '../../core/model.ts';
import { choice, identifier } from '../parameter-rules.ts';

const fixedSizes = ['1024x1024', '1536x1024', '1024x1536', 'auto'];

const quality = (...more: string[]): ParameterRule => ({
  kind: 'choice',
  values: ['low', 'medium', 'high', ...more, 'auto'],
  adapt: { standard: { to: 'auto', because: 'standard was a quality of DALL-E; auto stands in for it.' } },
});

/** What all GPT image models share (contract 2.2). */
const shared = {
  prompt: { kind: 'text', maxCharacters: 32_000 },
  n: { kind: 'integer', min: 1, max: 10 },
  size: { kind: 'size', values: fixedSizes },
  quality: quality(),
  background: choice('transparent', 'opaque', 'auto'),
  output_format: choice('png', 'jpeg', 'webp'),
  output_compression: { kind: 'integer', min: 0, max: 100 },
  input_fidelity: choice('low', 'high'),
  moderation: choice('auto', 'low'),
  user: identifier,
  safety_identifier: identifier,
  partial_images: { kind: 'integer', min: 0, max: 3 },
} as const satisfies Model['parameters'];

/** From gpt-image-2 on: sizes of one's own choice, and pictures always followed closely. */
const sharedFrom2 = {
  ...shared,
  size: {
    kind: 'size',
    values: fixedSizes,
    free: {
      multipleOf: 16,
      maxRatio: 3,
      maxEdge: 3840,
      minArea: 655_360,
      maxArea: 8_294_400,
      plainArea: 1_572_864,
    },
  },
  input_fidelity: {
    kind: 'left-out',
    because: 'this model always follows the pictures closely (high).',
    like: choice('low', 'high'),
  },
} as const satisfies Model['parameters'];

const sharedFrom25 = { ...sharedFrom2, quality: quality('xhigh', 'max') };

const prices15: TokenPrices = {
  textIn: 5,
  cachedTextIn: 1.25,
  imageIn: 8,
  cachedImageIn: 2,
  textOut: 10,
  imageOut: 32,
};
const pricesFrom2: TokenPrices = {
  textIn: 5,
  cachedTextIn: 1.25,
  imageIn: 8,
  cachedImageIn: 2,
  imageOut: 30,
};

type Differences = Pick<Model, 'releasedOn' | 'retiredOn' | 'successor' | 'parameters' | 'prices' | 'tokens'>;

function define(name: string, differences: Differences, ...snapshots: string[]): Model {
  return {
    id: `openai/${name}`,
    snapshots,
    provider: 'openai',
    upstreamId: name,
    mask: 'alpha',
    maskHolds: 'hint',
    maxImages: 16,
    inputFormats: ['png', 'jpeg', 'webp'],
    maxImageBytes: 50 * 2 ** 20,
    streams: true,
    ...differences,
  };
}

const before2 = { parameters: shared, tokens: { kind: 'table' } } as const;
const from2 = { tokens: { kind: 'area' }, prices: pricesFrom2 } as const;

/** The vendor's image models, lifecycle and prices as of 2026-11-23 (contract 0.1, 2.6). */
export const openaiModels: readonly Model[] = [
  define('gpt-image-2.6-sunburst', { ...from2, releasedOn: '2026-11-04', parameters: sharedFrom25 }),
  define('gpt-image-2.6-flare', { ...from2, releasedOn: '2026-11-04', parameters: sharedFrom25 }),
  define(
    'gpt-image-2.5-sunburst',
    { ...from2, releasedOn: '2026-09-08', parameters: sharedFrom25 },
    'gpt-image-2.5-sunburst-2026-09-08',
  ),
  define(
    'gpt-image-2.5-flare',
    { ...from2, releasedOn: '2026-09-08', parameters: sharedFrom25 },
    'gpt-image-2.5-flare-2026-09-08',
  ),
  define(
    'gpt-image-2',
    { ...from2, releasedOn: '2026-04-21', parameters: sharedFrom2 },
    'gpt-image-2-2026-04-21',
  ),
  define(
    'gpt-image-1.5',
    {
      ...before2,
      releasedOn: '2025-12-16',
      retiredOn: '2026-12-01',
      successor: 'openai/gpt-image-2.5-sunburst',
      prices: prices15,
    },
    'gpt-image-1.5-2025-12-16',
  ),
  define('chatgpt-image-latest', {
    ...before2,
    releasedOn: '2025-12-16',
    retiredOn: '2026-12-01',
    successor: 'openai/gpt-image-2.5-sunburst',
    prices: prices15,
  }),
  define('gpt-image-1-mini', {
    ...before2,
    releasedOn: '2025-10-06',
    retiredOn: '2026-12-01',
    successor: 'openai/gpt-image-2.5-flare',
    parameters: { ...shared, input_fidelity: choice('low') },
    prices: { textIn: 2, cachedTextIn: 0.2, imageIn: 2.5, cachedImageIn: 0.25, imageOut: 8 },
  }),
  define('gpt-image-1', {
    ...before2,
    releasedOn: '2025-04-23',
    retiredOn: '2026-10-23',
    successor: 'openai/gpt-image-2.5-sunburst',
    prices: { textIn: 5, cachedTextIn: 1.25, imageIn: 10, cachedImageIn: 2.5, imageOut: 40 },
  }),
];
