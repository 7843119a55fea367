import type { FormPart } from './strict-form.ts';

/** A refusal in the vendor's shape. */
export class VendorError extends Error {
  readonly status: number;
  readonly body: { error: { message: string; type: string; param: string | null; code: string | null } };

  constructor(status: number, type: string, code: string | null, param: string | null, message: string) {
    super(message);
    this.status = status;
    this.body = { error: { message, type, param, code } };
  }
}

/** An edit the vendor would do, its defaults filled in. */
export interface AskedEdit {
  model: string;
  prompt: string;
  n: number;
  size: string;
  quality: string;
  background: string;
  outputFormat: string;
  stream: boolean;
  partialImages: number;
  images: readonly FormPart[];
}

const models: Readonly<Record<string, number>> = {
  'gpt-image-1-mini': 1,
  'gpt-image-1.5': 1.5,
  'gpt-image-1.5-2025-12-16': 1.5,
  'chatgpt-image-latest': 1.5,
  'gpt-image-2': 2,
  'gpt-image-2-2026-04-21': 2,
  'gpt-image-2.5-sunburst': 2.5,
  'gpt-image-2.5-sunburst-2026-09-08': 2.5,
  'gpt-image-2.5-flare': 2.5,
  'gpt-image-2.5-flare-2026-09-08': 2.5,
  'gpt-image-2.6-sunburst': 2.6,
  'gpt-image-2.6-flare': 2.6,
};

const fixedSizes = ['auto', '1024x1024', '1536x1024', '1024x1536'];
const wholeNumber = (min: number, max: number) => (value: string) =>
  /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
const oneOf =
  (...values: string[]) =>
  (value: string) =>
    values.includes(value);

/** Each text field, and whether a value of it is right for a generation of models. */
const fields: Readonly<Record<string, (value: string, generation: number) => boolean>> = {
  model: (value) => Object.hasOwn(models, value),
  prompt: (value) => value !== '' && [...value].length <= 32_000,
  n: wholeNumber(1, 10),
  size: (value, generation) => fixedSizes.includes(value) || (generation >= 2 && isFreeSize(value)),
  quality: (value, generation) =>
    oneOf('auto', 'low', 'medium', 'high')(value) || (generation >= 2.5 && oneOf('xhigh', 'max')(value)),
  background: oneOf('auto', 'transparent', 'opaque'),
  output_format: oneOf('png', 'jpeg', 'webp'),
  output_compression: wholeNumber(0, 100),
  input_fidelity: (value, generation) =>
    generation < 2 && (value === 'low' || (value === 'high' && generation > 1)),
  moderation: oneOf('auto', 'low'),
  user: () => true,
  safety_identifier: () => true,
  stream: oneOf('true', 'false'),
  partial_images: wholeNumber(0, 3),
};

/** Checks a form as the vendor does, and stricter where that is free. @throws VendorError */
export function checkEdit(parts: readonly FormPart[]): AskedEdit {
  const texts = readTexts(parts.filter((part) => part.fileName === undefined));
  const files = parts.filter((part) => part.fileName !== undefined);
  const images = files.filter((part) => part.name === 'image' || part.name === 'image[]');
  const [mask, secondMask] = files.filter((part) => part.name === 'mask');
  const stranger = files.find((part) => !images.includes(part) && part !== mask);
  if (stranger || secondMask) throw invalid('unknown_parameter', stranger?.name ?? 'mask', 'unknown file');
  if (images.length === 0) throw invalid('missing_required_parameter', 'image', 'no image');
  if (images.length > 16) throw invalid('invalid_value', 'image', 'more than 16 images');
  if (images.length > 1 && images.some((part) => part.name !== 'image[]')) {
    throw invalid('invalid_value', 'image', "Duplicate parameter: 'image'. Use 'image[]'.");
  }
  images.forEach((image, index) => {
    checkFile(image, images.length > 1 ? `image[${index}]` : 'image');
  });
  if (mask) checkMask(mask, images[0] as FormPart);
  return toAsked(texts, images);
}

function readTexts(parts: readonly FormPart[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { name, bytes } of parts) {
    if (!Object.hasOwn(fields, name))
      throw invalid('unknown_parameter', name, `Unknown parameter: '${name}'.`);
    if (texts.has(name)) throw invalid('duplicate_parameter', name, `Duplicate parameter: '${name}'.`);
    texts.set(name, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  }
  const model = texts.get('model') ?? '';
  if (!Object.hasOwn(models, model)) {
    const message = `The model '${model}' does not exist or you do not have access to it.`;
    throw new VendorError(404, 'invalid_request_error', 'model_not_found', 'model', message);
  }
  if (!texts.has('prompt')) throw invalid('missing_required_parameter', 'prompt', 'no prompt');
  for (const [name, value] of texts) {
    if (fields[name]?.(value, models[model] ?? 0)) continue;
    throw invalid('invalid_value', name, `Invalid value: '${value.slice(0, 50)}' for '${name}'.`);
  }
  return texts;
}

function toAsked(texts: Map<string, string>, images: readonly FormPart[]): AskedEdit {
  const stream = texts.get('stream') === 'true';
  if (texts.has('partial_images') && !stream)
    throw invalid('invalid_value', 'partial_images', 'needs stream');
  const outputFormat = texts.get('output_format') ?? 'png';
  const background = texts.get('background') ?? 'auto';
  if (background === 'transparent' && outputFormat === 'jpeg') {
    throw invalid('invalid_value', 'background', 'Transparent background is not supported for jpeg.');
  }
  return {
    model: texts.get('model') ?? '',
    prompt: texts.get('prompt') ?? '',
    n: Number(texts.get('n') ?? 1),
    size: texts.get('size') ?? 'auto',
    quality: texts.get('quality') ?? 'auto',
    background,
    outputFormat,
    stream,
    partialImages: Number(texts.get('partial_images') ?? 0),
    images,
  };
}

const magic: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  'image/png': (bytes) => bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n',
  'image/jpeg': (bytes) => bytes.toString('latin1', 0, 3) === '\xff\xd8\xff',
  'image/webp': (bytes) => /^RIFF.{4}WEBP/s.test(bytes.toString('latin1', 0, 12)),
};

function checkFile({ mediaType = '', bytes }: FormPart, param: string): void {
  if (!Object.hasOwn(magic, mediaType)) {
    const message = `Invalid file '${param}': unsupported mimetype ('${mediaType}').`;
    throw invalid('unsupported_file_mimetype', param, message);
  }
  if (!magic[mediaType]?.(bytes)) throw invalid('invalid_image_file', param, 'Invalid image file or mode.');
}

function checkMask(mask: FormPart, image: FormPart): void {
  checkFile(mask, 'mask');
  const hasAlpha = mask.bytes.readUInt8(25) >= 4 || mask.bytes.includes('tRNS');
  if (mask.mediaType !== 'image/png' || !hasAlpha) {
    const message = 'Invalid mask image format - mask image missing alpha channel.';
    throw new VendorError(400, 'image_generation_user_error', 'invalid_mask_image_format', 'mask', message);
  }
  const isOtherSize = !mask.bytes.subarray(16, 24).equals(image.bytes.subarray(16, 24));
  if (image.mediaType === 'image/png' && isOtherSize) {
    throw invalid('invalid_value', 'mask', 'Invalid mask size: it must match the first image.');
  }
}

function isFreeSize(value: string): boolean {
  const [, width = 0, height = 0] = /^(\d+)x(\d+)$/.exec(value)?.map(Number) ?? [];
  const area = width * height;
  const ratio = Math.max(width, height) / Math.min(width, height);
  const fits = area >= 655_360 && area <= 8_294_400 && ratio <= 3 && Math.max(width, height) <= 3_840;
  return fits && width % 16 === 0 && height % 16 === 0;
}

function invalid(code: string, param: string, message: string): VendorError {
  return new VendorError(400, 'invalid_request_error', code, param, message);
}
