/** A refusal in the vendor's shape (google.rpc.Status). */
export class VendorError extends Error {
  readonly code: number;
  readonly status: string;
  readonly details: readonly object[];

  constructor(code: number, status: string, message: string, details: readonly object[] = []) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }

  get body(): object {
    const { code, message, status, details } = this;
    return { error: { code, message, status, ...(details.length > 0 && { details }) } };
  }
}

export const invalid = (message: string): VendorError => new VendorError(400, 'INVALID_ARGUMENT', message);

export interface AskedPart {
  text?: string;
  inlineData?: { mimeType: string; data: string };
  thoughtSignature?: string;
}

export interface AskedContent {
  role?: string;
  parts: AskedPart[];
}

export interface GenerationConfig {
  responseModalities?: string[];
  imageConfig?: { aspectRatio?: string; imageSize?: string };
  temperature?: number;
  seed?: number;
  maxOutputTokens?: number;
}

/** A call the vendor would do. */
export interface AskedCall {
  model: string;
  contents: AskedContent[];
  systemInstruction?: AskedContent;
  generationConfig: GenerationConfig;
}

type Shape =
  | { [field: string]: Shape | 'string' | 'number' | 'integer' | 'base64' | 'signature' }
  | readonly [Shape | 'string'];

const content: Shape = {
  role: 'string',
  parts: [
    { text: 'string', inlineData: { mimeType: 'string', data: 'base64' }, thoughtSignature: 'signature' },
  ],
};

/** The fields of GenerateContentRequest that an image model has a use for, in camelCase. */
const request: Shape = {
  contents: [content],
  systemInstruction: content,
  generationConfig: {
    responseModalities: ['string'],
    imageConfig: { aspectRatio: 'string', imageSize: 'string' },
    temperature: 'number',
    seed: 'integer',
    maxOutputTokens: 'integer',
  },
};

interface Known {
  /** Pixels of each ratio at 1K. */
  ratios: Readonly<Record<string, string>>;
  sizes: readonly string[];
}

const toTable = (text: string): Known['ratios'] =>
  Object.fromEntries(text.split(', ').map((entry) => entry.split(' ')));
const ten25 = toTable(
  '1:1 1024x1024, 2:3 832x1248, 3:2 1248x832, 3:4 864x1184, 4:3 1184x864, 4:5 896x1152, 5:4 1152x896, ' +
    '9:16 768x1344, 16:9 1344x768, 21:9 1536x672',
);
const ten = toTable(
  '1:1 1024x1024, 2:3 848x1264, 3:2 1264x848, 3:4 896x1200, 4:3 1200x896, 4:5 928x1152, 5:4 1152x928, ' +
    '9:16 768x1376, 16:9 1376x768, 21:9 1584x672',
);
const fourteen = { ...ten, ...toTable('1:4 512x2048, 4:1 2048x512, 1:8 384x3072, 8:1 3072x384') };

/** Contract 3.2 and 3.4. A model without sizes refuses to be told one. */
export const models: Readonly<Record<string, Known>> = {
  'gemini-2.5-flash-image': { ratios: ten25, sizes: [] },
  'gemini-2.5-flash-image-preview': { ratios: ten25, sizes: [] },
  'gemini-3-pro-image': { ratios: ten, sizes: ['1K', '2K', '4K'] },
  'gemini-3-pro-image-preview': { ratios: ten, sizes: ['1K', '2K', '4K'] },
  'gemini-3.1-flash-image': { ratios: fourteen, sizes: ['512', '1K', '2K', '4K'] },
  'gemini-3.1-flash-image-preview': { ratios: fourteen, sizes: ['512', '1K', '2K', '4K'] },
  'gemini-3.1-flash-lite-image': { ratios: ten, sizes: ['1K'] },
  'gemini-nano-banana-2.1': { ratios: fourteen, sizes: ['1K', '2K', '4K'] },
};

/** Checks a body as the vendor does, and stricter where that is free. @throws VendorError */
export function checkCall(model: string, value: unknown): AskedCall {
  const known = Object.hasOwn(models, model) ? models[model] : undefined;
  if (!known) {
    const message = `models/${model} is not found for API version v1beta, or is not supported for generateContent.`;
    throw new VendorError(404, 'NOT_FOUND', message);
  }
  checkShape(value, request, 'request');
  const call = value as Omit<AskedCall, 'model'>;
  if (!call.contents?.length) throw invalid('* GenerateContentRequest.contents: contents is not specified');
  for (const turn of call.contents) checkContent(turn);
  if (call.contents.at(-1)?.role !== 'user') throw invalid('Please ensure that the last turn is the user’s.');
  if (!model.startsWith('gemini-2')) checkSignatures(call.contents);
  if (call.systemInstruction) checkSystemInstruction(call.systemInstruction);
  const images = call.contents.flatMap(({ parts }) => parts.filter((part) => part.inlineData));
  if (images.length > 14) throw invalid('Please use fewer than 15 images in your request.');
  const { generationConfig = {} } = call;
  checkConfig(generationConfig, known);
  return { ...call, model, generationConfig };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value) && Math.abs(value as number) <= 2 ** 31,
  base64: (value) => typeof value === 'string' && value.length % 4 === 0 && isBase64(value),
  signature: (value) => value === 'skip_thought_signature_validator' || scalars.base64?.(value) === true,
};

/** In steps, since a pattern with groups overflows on long texts. */
function isBase64(text: string): boolean {
  for (let at = 0; at < text.length; at += 65_536) {
    const piece = text.slice(at, at + 65_536);
    if (!base64.test(piece) || (piece.endsWith('=') && at + 65_536 < text.length)) return false;
  }
  return true;
}

function checkShape(value: unknown, shape: Shape | string, path: string): void {
  if (typeof shape === 'string') {
    if (scalars[shape]?.(value)) return;
    throw invalid(`Invalid value at '${path}' (${shape})`);
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) throw invalid(`Invalid value at '${path}': not a list`);
    for (const [index, item] of value.entries()) checkShape(item, shape[0], `${path}[${index}]`);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`Invalid value at '${path}': not a message`);
  }
  for (const [name, inner] of Object.entries(value)) {
    const field = Object.hasOwn(shape, name) ? (shape as Record<string, Shape | string>)[name] : undefined;
    if (field === undefined) {
      throw invalid(`Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`);
    }
    checkShape(inner, field, `${path}.${name}`);
  }
}

function checkContent({ role, parts }: AskedContent): void {
  if (role !== 'user' && role !== 'model') throw invalid('Please use a valid role: user, model.');
  if (!parts?.length) throw invalid('* GenerateContentRequest.contents.parts: must not be empty.');
  for (const part of parts) {
    const kinds = [part.text, part.inlineData].filter((kind) => kind !== undefined);
    if (kinds.length !== 1) throw invalid("required oneof field 'data' must have one initialized field");
    if (part.text === '' && part.thoughtSignature === undefined) {
      throw invalid('Unable to submit request because it has an empty text parameter.');
    }
    if (part.inlineData) checkPicture(part.inlineData);
  }
}

/** From Gemini 3 on: the first part of each of the model's turns, and each of its pictures. */
function checkSignatures(contents: readonly AskedContent[]): void {
  for (const [position, { role, parts }] of contents.entries()) {
    if (role !== 'model') continue;
    for (const [index, { inlineData, thoughtSignature }] of parts.entries()) {
      if (thoughtSignature !== undefined || (index > 0 && !inlineData)) continue;
      const kind = inlineData ? 'Image' : 'Text';
      throw invalid(
        `${kind} part is missing a thought_signature in content position ${position + 1}, part position ${index + 1}.`,
      );
    }
  }
}

function checkSystemInstruction({ role, parts }: AskedContent): void {
  if (role !== undefined || !parts?.length || parts.some(({ text }) => !text)) {
    throw invalid('systemInstruction must be text.');
  }
}

const magic: Readonly<Record<string, (head: string) => boolean>> = {
  'image/png': (head) => head.startsWith('\x89PNG\r\n\x1a\n'),
  'image/jpeg': (head) => head.startsWith('\xff\xd8\xff'),
  'image/webp': (head) => /^RIFF.{4}WEBP/s.test(head),
};

function checkPicture({ mimeType, data }: { mimeType: string; data: string }): void {
  if (!Object.hasOwn(magic, mimeType)) throw invalid(`Unsupported MIME type: ${mimeType}`);
  const head = Buffer.from(data.slice(0, 32), 'base64').toString('latin1');
  if (magic[mimeType]?.(head)) return;
  const actual = Object.keys(magic).find((type) => magic[type]?.(head));
  throw invalid(
    actual ? `Unhandled generated data mime type: ${actual}` : 'Unable to process input image. Please retry.',
  );
}

function checkConfig(config: GenerationConfig, known: Known): void {
  const { responseModalities = [], imageConfig = {}, temperature = 1, maxOutputTokens = 1 } = config;
  const unknown = responseModalities.find((name) => name !== 'TEXT' && name !== 'IMAGE');
  if (unknown !== undefined)
    throw invalid(`Invalid value at 'generation_config.response_modalities': ${unknown}`);
  if (temperature < 0 || temperature > 2) throw invalid('temperature must be in the range [0.0, 2.0].');
  if (maxOutputTokens < 1 || maxOutputTokens > 32_768) throw invalid('max_output_tokens must be positive.');
  const { aspectRatio, imageSize } = imageConfig;
  if (aspectRatio !== undefined && !Object.hasOwn(known.ratios, aspectRatio)) {
    throw invalid(`aspect_ratio must be one of ${Object.keys(known.ratios).join(', ')}.`);
  }
  if (imageSize !== undefined && !known.sizes.includes(imageSize)) {
    throw invalid(`image_size ${imageSize} is not supported by this model.`);
  }
}
