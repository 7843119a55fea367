import { createPng } from '../small-png.ts';
import { type AskedCall, models } from './vendor-rules.ts';

/** How an answer differs from the plain one. */
export interface AnswerWishes {
  /** Answers as Vertex does: no index, usage at the end only, an empty text in the last chunk. */
  vertex?: boolean;
  /** What the model says before its picture. */
  texts?: readonly string[];
  /** How many pictures; default 1. */
  pictures?: number;
  /** Grows each picture by a provenance chunk of about this length. */
  pictureBytes?: number;
  /** Pictures it draws while it thinks, before the result. */
  drafts?: number;
  /** Goes with each picture. */
  signature?: string;
  finishReason?: string;
  finishMessage?: string;
  /** Answers by refusing the prompt. */
  blockReason?: string;
  /** Leaves the usage out. */
  withoutUsage?: boolean;
  /** Writes `=` and `/` as escapes. */
  escaped?: boolean;
  /** Declares another type than the picture has. */
  mimeType?: string;
  /** Answers JSON although a stream was asked for: a list of the chunks. */
  asList?: boolean;
}

export interface Box {
  width: number;
  height: number;
}

const scales: Readonly<Record<string, number>> = { 512: 0.5, '1K': 1, '2K': 2, '4K': 4 };
const drawn = new Map<string, Buffer>();

/** A picture the vendor returns; each of an answer has its own colour. */
export function toPicture(
  { width, height }: Box,
  { pictureBytes = 300 }: Pick<AnswerWishes, 'pictureBytes'> = {},
  index = 0,
): Buffer {
  const key = [width, height, pictureBytes, index].join();
  const colour = [200, 40 * index, 90] as const;
  const picture = drawn.get(key) ?? createPng({ width, height, colour, provenanceBytes: pictureBytes });
  drawn.set(key, picture);
  return picture;
}

/** What was asked for; without a ratio, the shape of the last picture that was sent. */
function toBox({ model, contents, generationConfig: { imageConfig = {} } }: AskedCall): Box {
  const { ratios = {} } = models[model] ?? {};
  const boxes = Object.values(ratios).map(readBox);
  const sent = contents.flatMap(({ parts }) => parts.flatMap(({ inlineData }) => inlineData ?? [])).at(-1);
  const { aspectRatio = '', imageSize = '1K' } = imageConfig;
  const shape = sent ? readShape(Buffer.from(sent.data.slice(0, 64), 'base64')) : 1;
  const gap = (box: Box): number => Math.abs(Math.log(box.width / box.height / shape));
  const nearest = boxes.reduce((best, box) => (gap(box) < gap(best) ? box : best));
  const { width, height } = ratios[aspectRatio] ? readBox(ratios[aspectRatio]) : nearest;
  const scale = scales[imageSize] ?? 1;
  return { width: width * scale, height: height * scale };
}

function readBox(text: string): Box {
  const [width = 0, height = 0] = text.split('x').map(Number);
  return { width, height };
}

/** Width to height of a PNG; other formats count as squares. */
function readShape(head: Buffer): number {
  return head.toString('latin1', 1, 4) === 'PNG' ? head.readUInt32BE(16) / head.readUInt32BE(20) : 1;
}

type Part = object;

/** GenerateContentResponse, in the chunks that a stream has. */
export function* toChunks(asked: AskedCall, wishes: AnswerWishes): Generator<object> {
  const { vertex, texts = ['Here is', ' your picture.'], finishReason = 'STOP', finishMessage } = wishes;
  const model = { modelVersion: asked.model, responseId: 'resp-0123456789' };
  if (wishes.blockReason !== undefined) {
    yield {
      promptFeedback: { blockReason: wishes.blockReason },
      usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
      ...model,
    };
    return;
  }
  const parts: Part[] = [
    ...toDrafts(wishes),
    ...texts.map((text) => ({ text })),
    ...toPictures(asked, wishes),
  ];
  for (const [index, part] of parts.entries()) {
    const candidate = { content: { parts: [part], role: 'model' }, ...(!vertex && { index: 0 }) };
    // Vertex tells the usage at the end only, the Gemini API in every chunk, ever higher.
    const usage = vertex ? { trafficType: 'ON_DEMAND' } : toUsage(asked, wishes, index + 1, parts);
    yield { candidates: [candidate], ...(!wishes.withoutUsage && { usageMetadata: usage }), ...model };
  }
  yield {
    candidates: [
      {
        content: { ...(vertex && { parts: [{ text: '' }] }), role: 'model' },
        finishReason,
        ...(finishMessage !== undefined && { finishMessage }),
        ...(!vertex && { index: 0 }),
      },
    ],
    ...(!wishes.withoutUsage && { usageMetadata: toUsage(asked, wishes, parts.length, parts) }),
    ...model,
    // Undocumented, and not to be stumbled over.
    turnToken: 'v1:abc',
  };
}

/** The same as one document. */
export function toDocument(asked: AskedCall, wishes: AnswerWishes): object {
  const chunks = [...toChunks(asked, wishes)] as {
    candidates?: { content: { parts?: Part[] } }[];
  }[];
  const last = chunks.at(-1) ?? {};
  const [end] = last.candidates ?? [];
  if (!end) return last;
  const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content.parts ?? []);
  return {
    ...last,
    candidates: [{ ...end, content: { role: 'model', ...(parts.length > 0 && { parts }) } }],
  };
}

export function toJson(value: object, { escaped }: AnswerWishes): string {
  const json = JSON.stringify(value);
  return escaped ? json.replaceAll('/', '\\/').replaceAll('=', '\\u003d') : json;
}

function toDrafts({ drafts = 0 }: AnswerWishes): Part[] {
  const pictures = Array.from({ length: drafts }, (_, index) => ({
    ...toInlineData(createPng({ width: 8, height: 8, colour: [index, 0, 0] }), 'image/png'),
    thought: true,
  }));
  return drafts === 0 ? [] : [{ text: 'Let me think.', thought: true }, ...pictures];
}

function toPictures(asked: AskedCall, wishes: AnswerWishes): Part[] {
  const { pictures = 1, signature, mimeType = 'image/png' } = wishes;
  return Array.from({ length: pictures }, (_, index) => ({
    ...toInlineData(toPicture(toBox(asked), wishes, index), mimeType),
    ...(signature !== undefined && { thoughtSignature: signature }),
  }));
}

function toInlineData(bytes: Buffer, mimeType: string): Part {
  return { inlineData: { mimeType, data: bytes.toString('base64') } };
}

/** Recorded ways: the Gemini API lists the pictures only and leaves the text to be reckoned; Vertex lists both. */
function toUsage(
  asked: AskedCall,
  { vertex, drafts = 0 }: AnswerWishes,
  given: number,
  parts: readonly Part[],
) {
  const inputs = asked.contents.flatMap(({ parts }) => parts);
  const imageIn = 258 * inputs.filter(({ inlineData }) => inlineData).length;
  const textIn = Math.ceil(inputs.map(({ text = '' }) => text).join('').length / 4);
  const results = parts.slice(0, given).filter((part) => !('thought' in part));
  const imageOut = 1_290 * results.filter((part) => 'inlineData' in part).length;
  const textOut = 14 * results.filter((part) => 'text' in part).length;
  const thoughtsTokenCount = drafts > 0 ? 100 : 0;
  const promptTokensDetails = [
    { modality: 'TEXT', tokenCount: textIn },
    ...(imageIn > 0 ? [{ modality: 'IMAGE', tokenCount: imageIn }] : []),
  ];
  const candidatesTokensDetails = [
    ...(imageOut > 0 ? [{ modality: 'IMAGE', tokenCount: imageOut }] : []),
    ...(vertex ? [{ modality: 'TEXT', tokenCount: textOut }] : []),
  ];
  return {
    promptTokenCount: textIn + imageIn,
    candidatesTokenCount: textOut + imageOut,
    totalTokenCount: textIn + imageIn + textOut + imageOut + thoughtsTokenCount,
    promptTokensDetails,
    ...(candidatesTokensDetails.length > 0 && { candidatesTokensDetails }),
    ...(thoughtsTokenCount > 0 && { thoughtsTokenCount }),
    ...(vertex && { trafficType: 'ON_DEMAND' }),
  };
}
