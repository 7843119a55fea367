import type { Content, OpenSpool } from './bytes.ts';
import type { ImageFormat, InputImage } from './image.ts';
import type { Model } from './model.ts';

/** Parameters under the API's own names (contract 1.2, 2.2). Absent means: not given by the caller. */
export interface EditParameters {
  n?: number;
  size?: string;
  quality?: string;
  background?: string;
  output_format?: string;
  output_compression?: number;
  input_fidelity?: string;
  moderation?: string;
  user?: string;
  safety_identifier?: string;
  partial_images?: number;
}

export type ParameterName = keyof EditParameters;

/** How the caller wants candidates chosen (design 3). */
export interface RoutingWishes {
  /** Further models, tried in order after the first. */
  models: readonly string[];
  order?: readonly string[];
  only?: readonly string[];
  ignore?: readonly string[];
  allowFallbacks: boolean;
  /** Refuse instead of adapting. */
  requireParameters: boolean;
}

/** One edit as asked, from whichever endpoint. Canonical: providers translate from it, nobody changes it. */
export interface EditRequest {
  id: string;
  /** As the caller wrote it. */
  model: string;
  prompt: string;
  images: readonly InputImage[];
  mask?: InputImage;
  parameters: EditParameters;
  stream: boolean;
  routing: RoutingWishes;
  /** Caller's own labels, kept with the record of the request. */
  tags: readonly string[];
  /** Test mode: the fault asked for by `retouch-simulate`. */
  simulate?: string;
}

/** Said to the caller whenever something was not done exactly as asked. */
export interface Warning {
  /** The parameter, `model`, `mask` or `image` it is about. */
  param: string;
  message: string;
}

/** Tokens as the vendor counts them. */
export interface Usage {
  inputTextTokens: number;
  inputImageTokens: number;
  cachedTextTokens?: number;
  cachedImageTokens?: number;
  outputImageTokens: number;
  outputTextTokens?: number;
}

export interface EditedImage {
  content: Content;
  revisedPrompt?: string;
}

/** What the result is, in the words of OpenAI's answer: never `auto`. */
export interface ResultFacts {
  background?: string;
  output_format: ImageFormat;
  quality?: string;
  /** `WIDTHxHEIGHT` */
  size?: string;
}

/** Told while the edit runs, to callers that stream. */
export type EditEvent =
  | { type: 'partial'; index: number; image: EditedImage; facts: ResultFacts; createdAt: number }
  | { type: 'completed'; image: EditedImage; facts: ResultFacts; createdAt: number; usage?: Usage };

/** What a provider is handed. Its secrets and base URL come from its own settings, never from here. */
export interface EditCall {
  request: EditRequest;
  model: Model;
  /** The request's parameters after adaptation to this model. */
  parameters: EditParameters;
  /** For the reply; released when the request ends. */
  openSpool: OpenSpool;
  /** Awaited before the first byte of a paid call leaves. */
  beforeDispatch: () => Promise<void>;
  /** Set when the caller streams. Resolves when the event was taken. */
  emit?: (event: EditEvent) => Promise<void>;
}

export interface EditOutcome {
  images: readonly EditedImage[];
  facts: ResultFacts;
  /** Unix seconds. */
  createdAt: number;
  /** Undefined: the vendor did not say, and it could not be foreseen. */
  usage?: Usage;
  warnings: readonly Warning[];
  /** The vendor's own id of the call, for support. */
  upstreamRequestId?: string;
}
