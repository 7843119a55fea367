import type { OpenSpool, Spool } from '../../core/bytes.ts';
import type { EditCall, EditedImage, EditOutcome, ResultFacts, Usage, Warning } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { Redact } from '../redact.ts';
import {
  nowInSeconds,
  orInvalid,
  readPictureFacts,
  readText,
  spoolJson,
  toContent,
  toInvalidResponse,
} from '../vendor-answer.ts';
import { readStreamError } from './errors.ts';
import { answerWire, type FactsWire, type ImageWire, type UsageWire } from './wire.ts';

const maxPromptBytes = 262_144;

/** Reads the answer in passing; its pictures stay where they were spooled, as the base64 they came in. */
export async function fromAnswer(
  pieces: AsyncIterable<Uint8Array>,
  call: EditCall,
  redact: Redact,
): Promise<EditOutcome> {
  const { value, document } = await orInvalid('OpenAI', () => spoolJson(pieces, call.openSpool));
  const wire = answerWire.safeParse(value).data;
  if (!wire) throw toInvalidResponse('OpenAI', 'it is not a JSON object');
  if (wire.error) throw await readStreamError(wire.error, document, redact, false);
  const images: EditedImage[] = [];
  for (const image of wire.data ?? []) images.push(...(await toImages(image, document, call.openSpool)));
  return toOutcome(call, images, {
    facts: await toFacts(wire, call, images[0]),
    createdAt: wire.created ?? nowInSeconds(),
    ...(wire.usage && { usage: toUsage(wire.usage) }),
  });
}

/** @throws RetouchError no_image_returned */
export function toOutcome(
  { parameters }: EditCall,
  images: readonly EditedImage[],
  rest: Pick<EditOutcome, 'facts' | 'createdAt' | 'usage' | 'isOpen'>,
): EditOutcome {
  if (images.length === 0) {
    throw new RetouchError(
      'no_image_returned',
      'OpenAI answered without a picture; it may have been billed.',
    );
  }
  const asked = parameters.n ?? 1;
  const warnings: Warning[] =
    images.length < asked
      ? [{ param: 'n', message: `OpenAI returned ${images.length} of the ${asked} pictures asked for.` }]
      : [];
  return { images, warnings, ...rest };
}

/** One picture, or none where the entry holds none. @throws RetouchError upstream_invalid_response for a link */
export async function toImages(
  { b64_json, url, revised_prompt }: ImageWire,
  document: Spool,
  openSpool: OpenSpool,
): Promise<readonly EditedImage[]> {
  if (b64_json === undefined || b64_json === '') {
    if (url === undefined) return [];
    throw toInvalidResponse('OpenAI', 'it holds a link instead of a picture');
  }
  const content = await toContent(b64_json, document, openSpool);
  if (revised_prompt === undefined) return [{ content }];
  const revisedPrompt = await orInvalid('OpenAI', () => readText(revised_prompt, document, maxPromptBytes));
  return [{ content, revisedPrompt }];
}

/** The result in the vendor's words; where it keeps silent, by the picture's own header, or in the caller's words. */
export async function toFacts(
  wire: FactsWire,
  { parameters }: EditCall,
  image: EditedImage | undefined,
): Promise<ResultFacts> {
  const isSilent = wire.output_format === undefined || wire.size === undefined;
  const seen = isSilent && image ? await findPictureFacts(image) : undefined;
  const output_format = wire.output_format ?? seen?.output_format ?? toFormat(parameters.output_format);
  const said = { background: wire.background, quality: wire.quality, size: wire.size ?? seen?.size };
  const facts: ResultFacts = { output_format };
  for (const name of ['background', 'quality', 'size'] as const) {
    const value = said[name] ?? parameters[name];
    // `auto` is no fact.
    if (value !== undefined && value !== 'auto') facts[name] = value;
  }
  return facts;
}

/** Undefined where the header cannot be read: the picture is paid for and handed on as it is. */
function findPictureFacts({ content }: EditedImage) {
  return readPictureFacts(content).catch((error: unknown) => {
    if (error instanceof RetouchError) return undefined;
    throw error;
  });
}

/**
 * Where the vendor does not tell text from pictures, all of it is pictures (contract 2.3): dearer perhaps, never too
 * little. What its list leaves out of a total is text.
 */
export function toUsage(wire: UsageWire): Usage {
  const { input_tokens_details: input, output_tokens_details: output } = wire;
  const inputImageTokens = input?.image_tokens ?? wire.input_tokens;
  return {
    inputTextTokens: Math.max(input?.text_tokens ?? 0, wire.input_tokens - inputImageTokens),
    inputImageTokens,
    outputImageTokens: output?.image_tokens ?? wire.output_tokens,
    ...(output && { outputTextTokens: output.text_tokens }),
  };
}

function toFormat(asked: string | undefined): ResultFacts['output_format'] {
  return asked === 'jpeg' || asked === 'webp' ? asked : 'png';
}
