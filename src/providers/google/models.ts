import type { Model, ParameterRule, TokenPrices } from '../../core/model.ts';
import { choice, identifier, leftOut } from '../parameter-rules.ts';
import { extremeRatios, ratios3, ratios25 } from './ratios.ts';

/** What all of them share. */
const shared = {
  prompt: { kind: 'text', maxCharacters: 32_000 },
  n: { kind: 'integer', min: 1, max: 10 },
  modalities: choice('image', 'text', 'image+text'),
  temperature: { kind: 'number', min: 0, max: 2 },
  seed: { kind: 'integer', min: -(2 ** 31), max: 2 ** 31 - 1 },
  max_tokens: { kind: 'integer', min: 1, max: 32_768 },
  user: leftOut(identifier, "Gemini has no field for the caller's own users."),
  safety_identifier: leftOut(identifier, "Gemini has no field for the caller's own users."),
  moderation: leftOut(choice('auto', 'low'), 'Gemini judges by its own settings and has no such choice.'),
  input_fidelity: leftOut(choice('low', 'high'), 'Gemini always follows the pictures as closely as it can.'),
  partial_images: leftOut({ kind: 'integer', min: 0, max: 3 }, 'Gemini sends finished pictures only.'),
} as const satisfies Model['parameters'];

/** How much longer a side is than at 1K, the plain resolution. */
const scales: Readonly<Record<string, number>> = { 512: 0.5, '1K': 1, '2K': 2, '4K': 4 };

const adaptable: NonNullable<Extract<ParameterRule, { kind: 'choice' }>['adapt']> = {
  '0.5K': { to: '512', because: 'this is what Gemini calls it.' },
};

type Family = Pick<Model, 'ratios' | 'imageSizes' | 'parameters' | 'tokens' | 'prices'>;

/** @param out tokens of a picture by resolution; the resolutions are those the model has (contract 3.5) */
function describeFamily(
  ratios: NonNullable<Model['ratios']>,
  tokens: { out: Readonly<Record<string, number>>; in: number },
  prices: Pick<TokenPrices, 'textIn' | 'textOut' | 'imageOut'>,
  adapt: typeof adaptable = adaptable,
): Family {
  const sizes = Object.keys(tokens.out);
  const known = Object.entries(adapt).filter(([, { to }]) => to !== null && sizes.includes(to));
  return {
    ratios,
    imageSizes: Object.fromEntries(sizes.map((size) => [size, scales[size] ?? 1])),
    parameters: {
      ...shared,
      aspect_ratio: choice(...Object.keys(ratios)),
      image_size: { ...choice(...sizes), adapt: Object.fromEntries(known) },
    },
    tokens: { kind: 'per-image', ...tokens },
    prices: { ...prices, imageIn: prices.textIn },
  };
}

const flash25 = describeFamily(
  ratios25,
  { out: { '1K': 1_290 }, in: 258 },
  { textIn: 0.3, textOut: 2.5, imageOut: 30 },
);
const pro3 = describeFamily(
  ratios3,
  { out: { '1K': 1_120, '2K': 1_120, '4K': 2_000 }, in: 560 },
  { textIn: 2, textOut: 12, imageOut: 120 },
);
const flash31 = describeFamily(
  { ...ratios3, ...extremeRatios },
  { out: { 512: 747, '1K': 1_120, '2K': 1_680, '4K': 2_520 }, in: 1_120 },
  { textIn: 0.5, textOut: 3, imageOut: 60 },
);
const flashLite31 = describeFamily(
  ratios3,
  { out: { '1K': 1_120 }, in: 1_120 },
  { textIn: 0.25, textOut: 1.5, imageOut: 30 },
);
const nanoBanana21 = describeFamily(
  { ...ratios3, ...extremeRatios },
  { out: { '1K': 1_120, '2K': 1_680, '4K': 3_780 }, in: 1_120 },
  { textIn: 1.5, textOut: 7.5, imageOut: 30 },
  // It stands in for 3.1 flash, whose programs may ask for 512.
  { ...adaptable, 512: { to: '1K', because: 'the smallest resolution of this model is 1K.' } },
);

type Lifecycle = Pick<Model, 'releasedOn' | 'retiredOn' | 'successor'>;

function define(name: string, family: Family, lifecycle: Lifecycle): Model {
  return {
    id: `google/${name}`,
    provider: 'google',
    upstreamId: name,
    mask: 'none',
    maskHolds: 'hint',
    // The 3.x models' limit; for 2.5 the vendor advises three and names no limit, and a long chat has more.
    maxImages: 14,
    inputFormats: ['png', 'jpeg', 'webp'],
    // What as base64 fills a whole request; the request as a whole is measured before it is sent.
    maxImageBytes: 75 * 2 ** 20,
    maxInlineBytes: 100 * 2 ** 20,
    streams: true,
    converses: true,
    ...family,
    ...lifecycle,
  };
}

/** The vendor's image models, lifecycle and prices as of 2026-11-23 (contract 0.1, 3.4, 3.5). */
export const googleModels: readonly Model[] = [
  define('gemini-nano-banana-2.1', nanoBanana21, { releasedOn: '2026-10-06' }),
  define('gemini-3-pro-image', pro3, { releasedOn: '2026-05-28' }),
  define('gemini-3.1-flash-lite-image', flashLite31, { releasedOn: '2026-06-30' }),
  // It may be shut down on any day since 2026-10-02, so it is asked for until the vendor says that it is gone. The
  // vendor's line goes on by 3.1 flash to this successor, which has all its ratios and its resolution for no more money.
  define('gemini-2.5-flash-image', flash25, {
    releasedOn: '2025-10-02',
    successor: 'google/gemini-nano-banana-2.1',
  }),
  define('gemini-3.1-flash-image', flash31, {
    releasedOn: '2026-05-28',
    retiredOn: '2026-10-29',
    successor: 'google/gemini-nano-banana-2.1',
  }),
  define('gemini-3.1-flash-image-preview', flash31, {
    releasedOn: '2026-02-26',
    retiredOn: '2026-06-25',
    successor: 'google/gemini-3.1-flash-image',
  }),
  define('gemini-3-pro-image-preview', pro3, {
    releasedOn: '2025-11-20',
    retiredOn: '2026-06-25',
    successor: 'google/gemini-3-pro-image',
  }),
  define('gemini-2.5-flash-image-preview', flash25, {
    releasedOn: '2025-08-26',
    retiredOn: '2026-01-15',
    successor: 'google/gemini-2.5-flash-image',
  }),
];
