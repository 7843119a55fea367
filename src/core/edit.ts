import type { Bytes, Content, OpenSpool } from './bytes.ts';
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
  /** `16:9`; chat's way to say what `size` says. */
  aspect_ratio?: string;
  /** `1K`, `2K`, `4K`: the resolution that goes with a ratio. */
  image_size?: string;
  /** What may come back: `image`, `text` or `image+text`. */
  modalities?: string;
  temperature?: number;
  seed?: number;
  max_tokens?: number;
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

/** One message of a conversation. */
export interface Turn {
  role: 'system' | 'user' | 'assistant';
  parts: readonly TurnPart[];
}

/**
 * `signature`: what a vendor wants back unchanged with its own earlier answer (contract 3.3). It may be as long as a
 * picture, so it is bytes as well: those between the quotes of the JSON it came in.
 */
export type TurnPart =
  | { type: 'text'; text: string; signature?: Bytes }
  | { type: 'image'; image: InputImage; signature?: Bytes };

export interface Conversation {
  turns: readonly Turn[];
  /** How many of the request's pictures, at the end of its list, come from earlier turns. */
  olderImages: number;
}

/** One edit as asked, from whichever endpoint. Canonical: providers translate from it, nobody changes it. */
export interface EditRequest {
  id: string;
  /** As the caller wrote it. */
  model: string;
  prompt: string;
  images: readonly InputImage[];
  mask?: InputImage;
  /** `strict`: pixels outside the mask stay as they are, whatever the model does. Default: the model's own way. */
  maskMode?: 'strict';
  /** The whole conversation, where the edit was asked for in chat; `prompt` and `images` say the same in short. */
  conversation?: Conversation;
  parameters: EditParameters;
  stream: boolean;
  routing: RoutingWishes;
  /** Caller's own labels, kept with the record of the request. */
  tags: readonly string[];
  /** What the endpoint read and no model is asked to do. */
  notices?: readonly Warning[];
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
  /** What the model thought before it answered; among the text. */
  reasoningTokens?: number;
}

export interface EditedImage {
  content: Content;
  revisedPrompt?: string;
  /** To be sent back with this picture when the conversation goes on: see `TurnPart`. */
  signature?: Bytes;
  /** Which of the `n` answers it belongs to, from 0, where an answer can have several pictures or none. */
  answer?: number;
  /** Where it may be another than the outcome's. */
  format?: ImageFormat;
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
  | { type: 'text'; text: string; answer: number }
  | { type: 'completed'; image: EditedImage; facts: ResultFacts; createdAt: number; usage?: Usage };

/** What a provider is handed. Its secrets and base URL come from its own settings, never from here. */
export interface EditCall {
  request: EditRequest;
  model: Model;
  /** The request's parameters after adaptation to this model. */
  parameters: EditParameters;
  /** For the reply; released when the request ends. */
  openSpool: OpenSpool;
  /** To be said to the model after the prompt. */
  instructionNote?: string;
  /** Aborted when the caller has gone: a call that has not left yet need not. */
  caller: AbortSignal;
  /** Awaited before the first byte of a paid call leaves. */
  beforeDispatch: () => Promise<void>;
  /** Told of the vendor's own id of a call, well ended or not; for support. */
  onUpstreamId: (id: string) => void;
  /** Set when the caller streams. Resolves when the event was taken. */
  emit?: (event: EditEvent) => Promise<void>;
}

/** `length`: cut at the vendor's or the caller's limit; `content_filter`: the vendor's safety system ended it. */
export type AnswerEnding = 'stop' | 'length' | 'content_filter' | 'error';

export interface EditOutcome {
  images: readonly EditedImage[];
  /** What the model said besides, one for each of the `n` answers. */
  texts?: readonly string[];
  /** Why each of the `n` answers ended; absent: all were done. */
  endings?: readonly AnswerEnding[];
  facts: ResultFacts;
  /** Unix seconds. */
  createdAt: number;
  /** Undefined: the vendor did not say, and it could not be foreseen. */
  usage?: Usage;
  /** The vendor may bill more than that: of several calls, or pictures of one, some were lost on the way. */
  isOpen?: true;
  warnings: readonly Warning[];
}
