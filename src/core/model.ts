import type { ImageFormat } from './image.ts';

/** What one parameter may be on one model. A parameter without a rule is refused with 400. */
export type ParameterRule =
  | { kind: 'integer'; min: number; max: number }
  | { kind: 'number'; min: number; max: number }
  | { kind: 'text'; maxCharacters: number }
  | { kind: 'choice'; values: readonly string[]; adapt?: Readonly<Record<string, Adaptation>> }
  | { kind: 'size'; values: readonly string[]; free?: FreeSize }
  /** Accepted so that programs go on, left out with notice: what is `like` a value of it elsewhere. */
  | { kind: 'left-out'; because: string; like: ParameterRule };

/** A value this model does not know, what is sent instead (null: nothing), and why. */
export interface Adaptation {
  to: string | null;
  because: string;
}

/** Sizes of the caller's own choice, `WIDTHxHEIGHT` in pixels. */
export interface FreeSize {
  multipleOf: number;
  /** Longest side to shortest side at most. */
  maxRatio: number;
  maxEdge: number;
  minArea: number;
  maxArea: number;
  /** Pixels in all when only a ratio is asked for; absent: as many as the first picture has. */
  plainArea?: number;
}

/** How to foresee what a call will use, by the vendor's own formula (contract 2.6, 3.5). */
export type TokenFormula =
  /** By quality and shape. */
  | { kind: 'table' }
  /** By quality, shape and area. */
  | { kind: 'area' }
  /** So many for each picture that comes out, by `image_size`, and for each that goes in. */
  | { kind: 'per-image'; out: Readonly<Record<string, number>>; in: number }
  | { kind: 'free' };

/** USD per million tokens, as the vendor publishes them. */
export interface TokenPrices {
  textIn: number;
  cachedTextIn?: number;
  imageIn: number;
  cachedImageIn?: number;
  textOut?: number;
  imageOut: number;
}

/**
 * A model is data: who serves it, what it takes, what it costs, until when it lives. Routing reads this and
 * never asks for a provider's name.
 */
export interface Model {
  /** `provider/name`, as callers write it. */
  id: string;
  /** Further names that mean this model (bare names are understood anyway). */
  aliases?: readonly string[];
  /** Dated versions, by the vendor's names: who asks for one gets that one. */
  snapshots?: readonly string[];
  provider: string;
  /** What the vendor calls it. */
  upstreamId: string;
  /** First day of availability, `YYYY-MM-DD`. */
  releasedOn: string;
  /** The day from which the vendor no longer serves it. */
  retiredOn?: string;
  /** Id of the model that serves its calls from then on. */
  successor?: string;
  /** How the model takes a mask: where its alpha is 0, where it is white, where it is black, or not at all. */
  mask: 'alpha' | 'luma-white' | 'luma-black' | 'none';
  /** Whether pixels outside the mask are certain to stay (`exact`) or only asked to (`hint`). */
  maskHolds: 'exact' | 'hint';
  maxImages: number;
  inputFormats: readonly ImageFormat[];
  maxImageBytes: number;
  /** All pictures of a request together, as base64, where they travel within its JSON. */
  maxInlineBytes?: number;
  /** By the API's own parameter names, so that an error can always name them. */
  parameters: Readonly<Record<string, ParameterRule>>;
  streams: boolean;
  /** For models that take ratios instead of sizes: the pixels each gives at the plain resolution, `WxH`. */
  ratios?: Readonly<Record<string, string>>;
  /** Their resolutions: how much longer a side is than at the plain one (`1K` is 1, `2K` is 2). */
  imageSizes?: Readonly<Record<string, number>>;
  /** Whether it takes a whole conversation, or else one instruction and the pictures. */
  converses?: boolean;
  tokens: TokenFormula;
  prices?: TokenPrices;
}
