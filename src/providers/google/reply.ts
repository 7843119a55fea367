import type { Spool } from '../../core/bytes.ts';
import type { EditCall, EditedImage, ResultFacts } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import { type JsonValue, type LongText, toQuoted } from '../../core/json-outline.ts';
import type { Answer } from '../exchange.ts';
import type { Redact } from '../redact.ts';
import { readEvents } from '../sse.ts';
import { TransportFault } from '../transport-fault.ts';
import {
  orInvalid,
  readPictureFacts,
  readText,
  spoolJson,
  toContent,
  toInvalidResponse,
  type VendorDocument,
} from '../vendor-answer.ts';
import { toStreamError, vendor } from './errors.ts';
import { type ChunkWire, chunkWire, type ErrorWire, type PartWire, type UsageWire } from './wire.ts';

/** What one call gave: its one document, or all events of its stream together. */
export interface Reply {
  text: string;
  /** Something of it came, if only thoughts: then the work was under way, and they are billed. */
  hasBegun: boolean;
  /** Drafts are not among them. */
  images: { image: EditedImage; facts: ResultFacts }[];
  finishReason?: string;
  /** Why it ended, in the vendor's words. */
  finishMessage?: string;
  /** Why the prompt was refused. */
  blockReason?: string;
  /** The connection ended, or an error came, after a picture was whole. */
  brokeOff?: true;
  /** As the last chunk that tells it has it: it grows from chunk to chunk, or comes at the end (traps 1 and 2). */
  usage?: UsageWire;
}

export interface Listener {
  call: EditCall;
  redact: Redact;
  /** Told of each piece of text as it comes. */
  onText: (text: string) => Promise<void>;
}

const maxTextBytes = 1_048_576;
/** Opaque to us. What is longer could not be sent back (`maxSignatureBytes` of intake), and is left out. */
const maxSignatureBytes = 4 * 1_048_576;

export function createReply(): Reply {
  return { text: '', hasBegun: false, images: [] };
}

/**
 * Puts what comes into `reply`, which tells how much that was also where it is no result.
 * @throws RetouchError, TransportFault
 */
export async function readReply(reply: Reply, answer: Answer, listener: Listener): Promise<void> {
  const isStream = answer.headers['content-type']?.startsWith('text/event-stream') ?? false;
  try {
    for await (const { value, document } of readDocuments(answer, isStream, listener.call)) {
      await takeDocument(reply, value, document, listener);
    }
  } catch (error) {
    const brokeOff = error instanceof TransportFault || error instanceof RetouchError;
    // What came whole is paid for: it is delivered, whatever came after it.
    if (!brokeOff || !hasEnded(reply)) throw error;
    reply.brokeOff = true;
  }
  if (isStream && !hasEnded(reply)) throw toInvalidResponse(vendor, 'its stream ended too soon');
}

function hasEnded({ images, finishReason, blockReason }: Reply): boolean {
  return images.length > 0 || finishReason !== undefined || blockReason !== undefined;
}

async function* readDocuments({ pieces }: Answer, isStream: boolean, { openSpool }: EditCall) {
  if (!isStream) {
    yield await orInvalid(vendor, () => spoolJson(pieces, openSpool));
    return;
  }
  for await (const event of readEvents(pieces, openSpool)) {
    const value = await orInvalid(vendor, async () => event.outline());
    yield { value, document: event.data } satisfies VendorDocument;
  }
}

/** One chunk, or a list of them: that is how a stream looks that was not asked for as events. */
async function takeDocument(
  reply: Reply,
  value: JsonValue,
  document: Spool,
  listener: Listener,
): Promise<void> {
  const pictures = reply.images.length;
  for (const chunk of Array.isArray(value) ? value : [value]) {
    await takeChunk(reply, readChunk(chunk), document, listener);
  }
  if (reply.images.length === pictures) await document.release();
}

function readChunk(value: unknown): ChunkWire {
  const chunk = chunkWire.safeParse(value).data;
  if (!chunk) throw toInvalidResponse(vendor, 'it is not a JSON object');
  return chunk;
}

async function takeChunk(reply: Reply, chunk: ChunkWire, document: Spool, listener: Listener): Promise<void> {
  if (chunk.error) throw await readError(reply, chunk.error, document, listener);
  const { candidates = [], promptFeedback = {}, usageMetadata, responseId } = chunk;
  reply.hasBegun = true;
  // First, since what comes after may be of no use and is billed all the same.
  if (usageMetadata) reply.usage = usageMetadata;
  for (const { content, finishReason, finishMessage } of candidates) {
    for (const part of content?.parts ?? []) await takePart(reply, part, document, listener);
    if (finishReason) reply.finishReason = finishReason;
    if (finishMessage) reply.finishMessage = await readWords(finishMessage, document);
  }
  const { blockReason, blockReasonMessage } = promptFeedback;
  if (blockReason) reply.blockReason = blockReason;
  if (blockReasonMessage) reply.finishMessage = await readWords(blockReasonMessage, document);
  if (responseId) listener.call.onUpstreamId(responseId);
}

function readWords(text: string | LongText, document: Spool): Promise<string> {
  return orInvalid(vendor, () => readText(text, document, maxTextBytes));
}

async function readError(
  reply: Reply,
  { message, ...error }: ErrorWire,
  document: Spool,
  { call, redact }: Listener,
): Promise<RetouchError> {
  const said = message === undefined ? error : { ...error, message: await readWords(message, document) };
  return toStreamError(said, reply.hasBegun, call.model, redact);
}

async function takePart(reply: Reply, part: PartWire, document: Spool, listener: Listener): Promise<void> {
  // What the model thinks, in words or drafts, is no result.
  if (part.thought) return;
  if (part.text) {
    const text = await readWords(part.text, document);
    reply.text += text;
    if (reply.text.length > maxTextBytes) throw toInvalidResponse(vendor, 'its text does not end');
    await listener.onText(text);
  }
  if (part.inlineData?.data) {
    reply.images.push(await readPicture(part.inlineData.data, part, document, listener.call));
  }
}

async function readPicture(
  data: string | LongText,
  { thoughtSignature }: PartWire,
  document: Spool,
  { openSpool }: EditCall,
): Promise<Reply['images'][number]> {
  const content = await toContent(data, document, openSpool);
  const facts = await readFacts(content);
  const signature = thoughtSignature && toQuoted(thoughtSignature, document);
  const isSendable = signature && signature.size <= maxSignatureBytes;
  return { image: { content, ...(isSendable && { signature }) }, facts };
}

/** @throws RetouchError upstream_invalid_response */
async function readFacts(content: EditedImage['content']): Promise<ResultFacts> {
  try {
    return await readPictureFacts(content);
  } catch (error) {
    if (error instanceof RetouchError) throw toInvalidResponse(vendor, 'its picture cannot be read', error);
    throw error;
  }
}
