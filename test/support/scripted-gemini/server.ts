import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, type FaultName, faults } from './faults.ts';
import { type AnswerWishes, toChunks, toDocument, toJson } from './vendor-answer.ts';
import {
  type AskedCall,
  type AskedContent,
  checkCall,
  type GenerationConfig,
  invalid,
  VendorError,
} from './vendor-rules.ts';

/** How the next call is answered: a fault by name, or a good answer with wishes. */
export type Step =
  | FaultName
  | 'ok'
  | (AnswerWishes & { delayMs?: number; eventDelayMs?: number })
  /** These very bytes, as a recording has them. */
  | { contentType: string; body: string };

/** A text, or a picture by what can be compared. */
export interface RecordedPart {
  text?: string;
  mimeType?: string;
  sha256?: string;
  signature?: string;
}

export interface RecordedRequest {
  headers: IncomingMessage['headers'];
  model: string;
  /** `generateContent` or `streamGenerateContent`. */
  method: string;
  contents: readonly { role: string | undefined; parts: readonly RecordedPart[] }[];
  system: readonly (string | undefined)[];
  config: GenerationConfig;
  /** Why it was refused, where the vendor would refuse it too. */
  refusal?: string;
}

/** One answer that the vendor charges for. */
export interface BillLine {
  model: string;
  prompt: string;
}

export interface ScriptedGemini {
  /** To be set as GEMINI_BASE_URL. */
  url: string;
  /** The only key it accepts. */
  key: string;
  calls: readonly RecordedRequest[];
  bill: readonly BillLine[];
  /** The most calls that were in its hands at one time. */
  mostAtOnce(): number;
  /** Answers for the next calls, in order; after them all is well. */
  script(...steps: Step[]): void;
  /** Forgets the steps that were not taken. */
  unscript(): void;
  /** Refuses connections until `plugIn`. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

export const geminiKey = 'AIzaSyScripted-0123456789abcdefghijklmn';

interface State {
  calls: RecordedRequest[];
  bill: BillLine[];
  steps: Step[];
  atOnce: number;
  mostAtOnce: number;
}

/**
 * The Gemini API's `generateContent` and `streamGenerateContent` on loopback: reads strictly, answers in the vendor's
 * shapes as they were recorded, keeps its own bill, and fails in every way it is told to.
 */
export async function startScriptedGemini(): Promise<ScriptedGemini> {
  const state: State = { calls: [], bill: [], steps: [], atOnce: 0, mostAtOnce: 0 };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    state.atOnce += 1;
    state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce);
    response.once('close', () => {
      state.atOnce -= 1;
    });
    handle(request, response, state).catch((error: unknown) => {
      if (!response.destroyed) response.destroy(error as Error);
    });
  };
  let server = await listen(listener, 0);
  const { port } = server.address() as AddressInfo;
  const unplug = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}/v1beta`,
    key: geminiKey,
    calls: state.calls,
    bill: state.bill,
    mostAtOnce: () => state.mostAtOnce,
    script: (...next) => void state.steps.push(...next),
    unscript: () => void state.steps.splice(0),
    unplug,
    async plugIn() {
      server = await listen(listener, port);
    },
    close: unplug,
  };
}

async function listen(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
): Promise<Server> {
  const server = createServer({ requestTimeout: 0 }, listener);
  server.listen({ port, host: '127.0.0.1', backlog: 2_048 });
  await once(server, 'listening');
  return server;
}

async function handle(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  request.on('error', () => {});
  response.on('error', () => {});
  const step = state.steps.shift() ?? 'ok';
  const fault: Fault | undefined = typeof step === 'string' && step !== 'ok' ? faults[step] : undefined;
  if (fault?.early) return fault.strike(response, request, '');
  try {
    const { asked, isStream } = await receive(request, state.calls);
    const prompt = asked.contents.flatMap(({ parts }) => parts.map(({ text = '' }) => text)).join('');
    if (!fault || fault.billed) state.bill.push({ model: asked.model, prompt });
    if (fault) return fault.strike(response, request, toJson(toDocument(asked, {}), {}));
    await answer(response, asked, isStream, typeof step === 'string' ? {} : step);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    response.writeHead(error.code, { 'content-type': 'application/json' });
    response.end(JSON.stringify(error.body));
  }
}

/** @throws VendorError */
async function receive(
  request: IncomingMessage,
  calls: RecordedRequest[],
): Promise<{ asked: AskedCall; isStream: boolean }> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const { headers, url = '' } = request;
  const [, model = '', method = ''] =
    /^\/v1beta\/models\/([\w.-]+):(generateContent|streamGenerateContent\?alt=sse)$/.exec(url) ?? [];
  const isStream = method.startsWith('stream');
  const call: RecordedRequest = {
    ...{ headers, model, method: method.replace(/\?.*/, ''), contents: [], system: [], config: {} },
  };
  calls.push(call);
  try {
    checkHead(request, body.length, model);
    const value = readJson(body);
    const asked = checkCall(model, value);
    Object.assign(call, toRecord(asked));
    return { asked, isStream };
  } catch (error) {
    call.refusal = (error as Error).message;
    throw error;
  }
}

const maxInlineBytes = 104_857_600;

function checkHead({ method, url, headers }: IncomingMessage, bodyBytes: number, model: string): void {
  if (method !== 'POST' || model === '') throw new VendorError(404, 'NOT_FOUND', `No ${method} ${url}.`);
  const key = headers['x-goog-api-key'];
  if (key === undefined) {
    throw new VendorError(403, 'PERMISSION_DENIED', "Method doesn't allow unregistered callers.");
  }
  if (key !== geminiKey) {
    const reason = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' };
    throw new VendorError(400, 'INVALID_ARGUMENT', 'API key not valid.', [reason]);
  }
  if (headers['content-type'] !== 'application/json') throw invalid('Send application/json.');
  const isExact = headers['content-length'] === String(bodyBytes) && !headers['transfer-encoding'];
  if (!isExact) throw invalid('Send Content-Length.');
  if (bodyBytes > maxInlineBytes) {
    throw invalid(`Request payload size exceeds the limit: ${maxInlineBytes} bytes.`);
  }
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw invalid(`Invalid JSON payload received. ${(error as Error).message}`);
  }
}

function toRecord({ contents, systemInstruction, generationConfig: config }: AskedCall): object {
  return {
    contents: contents.map(({ role, parts }) => ({ role, parts: parts.map(toRecordedPart) })),
    system: systemInstruction?.parts.map(({ text }) => text) ?? [],
    config,
  };
}

function toRecordedPart({ text, inlineData, thoughtSignature: signature }: AskedContent['parts'][number]) {
  const signed = signature === undefined ? {} : { signature };
  if (!inlineData) return { text, ...signed };
  const sha256 = createHash('sha256').update(Buffer.from(inlineData.data, 'base64')).digest('hex');
  return { mimeType: inlineData.mimeType, sha256, ...signed };
}

async function answer(
  response: ServerResponse,
  asked: AskedCall,
  isStream: boolean,
  wishes: Exclude<Step, string>,
): Promise<void> {
  if ('body' in wishes) {
    response.setHeader('content-type', wishes.contentType).end(wishes.body);
    return;
  }
  if (wishes.delayMs) await delay(wishes.delayMs);
  if (!isStream || wishes.asList) {
    const document = wishes.asList ? [...toChunks(asked, wishes)] : toDocument(asked, wishes);
    response.setHeader('content-type', 'application/json; charset=UTF-8').end(toJson(document, wishes));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const chunk of toChunks(asked, wishes)) {
    const isTaken = response.write(`data: ${toJson(chunk, wishes)}\r\n\r\n`);
    if (!isTaken) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    if (wishes.eventDelayMs) await delay(wishes.eventDelayMs);
  }
  response.end();
}
