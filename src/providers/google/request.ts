import { toBase64, toBytes } from '../../core/bytes.ts';
import type { EditCall, EditParameters, EditRequest, Turn, TurnPart } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import { mediaTypes } from '../../core/image.ts';
import type { Model } from '../../core/model.ts';
import type { OutgoingBody } from '../exchange.ts';
import { createJsonBody, Inline } from '../json-body.ts';

/** The vendor's limit for requests that carry their pictures within (contract 3.2). */
const maxRequestBytes = 100 * 2 ** 20;

/**
 * The call as the vendor's JSON (contract 3.2), its pictures as base64 made in passing.
 * @throws RetouchError request_too_large
 */
export function toRequest({ request, model, parameters, instructionNote }: EditCall): OutgoingBody {
  const turns = addNote(toTurns(request), instructionNote);
  const body = createJsonBody({
    systemInstruction: toSystemInstruction(turns),
    contents: toContents(turns),
    generationConfig: toGenerationConfig(parameters, model),
  });
  if (body.size <= maxRequestBytes) return body;
  throw new RetouchError(
    'request_too_large',
    `The pictures and texts make a request of ${body.size} bytes (pictures as base64); ${model.id} takes at most ${maxRequestBytes}. Send fewer or smaller pictures.`,
    { param: 'image' },
  );
}

/** The conversation; an edit without one is a single turn: the pictures, then what to do with them. */
function toTurns({ conversation, images, prompt }: EditRequest): readonly Turn[] {
  if (conversation) return conversation.turns;
  const pictures = images.map((image) => ({ type: 'image', image }) as const);
  return [{ role: 'user', parts: [...pictures, { type: 'text', text: prompt }] }];
}

/** Goes with what the user said last. */
function addNote(turns: readonly Turn[], text: string | undefined): readonly Turn[] {
  if (text === undefined) return turns;
  const last = turns.findLastIndex(({ role }) => role === 'user');
  return turns.map((turn, index) =>
    index === last ? { ...turn, parts: [...turn.parts, { type: 'text', text }] } : turn,
  );
}

const isText = (part: TurnPart): boolean => part.type === 'text';

/** All that was said as `system`, wherever it stood; the vendor takes it as text only. */
function toSystemInstruction(turns: readonly Turn[]): object | undefined {
  const parts = turns.filter(({ role }) => role === 'system').flatMap((turn) => turn.parts.filter(isText));
  return parts.length === 0 ? undefined : { parts: parts.map(toPart) };
}

function toContents(turns: readonly Turn[]): object[] {
  const contents = turns.map(({ role, parts }) => {
    // A system turn's pictures are shown as the user's.
    const shown = parts.filter((part) => (role === 'system' ? !isText(part) : !isEmpty(part)));
    return role === 'assistant'
      ? { role: 'model', parts: shown.map(sign).map(toPart) }
      : { role: 'user', parts: shown.map(toPart) };
  });
  return contents.filter(({ parts }) => parts.length > 0);
}

/** The vendor's own word for a signature that there is none of. */
const noSignature = toBytes(Buffer.from('skip_thought_signature_validator'));

/**
 * From Gemini 3 on the model's turns are refused where their first part, or a picture, has not the signature that it
 * came with. Programs lose them, and what another model has said never had one.
 */
function sign(part: TurnPart, index: number): TurnPart {
  const isSigned = part.signature !== undefined || (index > 0 && isText(part));
  return isSigned ? part : { ...part, signature: noSignature };
}

/** Chat answers that are a picture have an empty text beside it, which the vendor would refuse. */
function isEmpty(part: TurnPart): boolean {
  return part.type === 'text' && part.text === '' && part.signature === undefined;
}

function toPart(part: TurnPart): object {
  const signed = part.signature === undefined ? {} : { thoughtSignature: new Inline(part.signature) };
  if (part.type === 'text') return { text: part.text, ...signed };
  const { content, facts } = part.image;
  const inlineData = { mimeType: mediaTypes[facts.format], data: new Inline(toBase64(content)) };
  return { inlineData, ...signed };
}

const modalities: Readonly<Record<string, readonly string[]>> = {
  image: ['IMAGE'],
  text: ['TEXT'],
  'image+text': ['TEXT', 'IMAGE'],
};

function toGenerationConfig(
  { modalities: wished = 'image+text', aspect_ratio, image_size, ...given }: EditParameters,
  { imageSizes = {} }: Model,
): object {
  // A model with one resolution refuses to hear of it.
  const imageSize = Object.keys(imageSizes).length > 1 ? image_size : undefined;
  const hasShape = aspect_ratio !== undefined || imageSize !== undefined;
  return {
    responseModalities: modalities[wished],
    ...(hasShape && { imageConfig: { aspectRatio: aspect_ratio, imageSize } }),
    temperature: given.temperature,
    seed: given.seed,
    maxOutputTokens: given.max_tokens,
  };
}
