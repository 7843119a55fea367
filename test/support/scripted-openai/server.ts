import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, type FaultName, faults } from './faults.ts';
import { type FormPart, readStrictForm } from './strict-form.ts';
import { type AnswerWishes, toAnswer, toEvents } from './vendor-answer.ts';
import { type AskedEdit, checkEdit, VendorError } from './vendor-rules.ts';

/** How the next call is answered: a fault by name, or a good answer with wishes. */
export type Step = FaultName | 'ok' | (AnswerWishes & { delayMs?: number });

export interface RecordedFile {
  name: string;
  fileName: string;
  mediaType: string;
  size: number;
  sha256: string;
}

export interface RecordedCall {
  headers: IncomingMessage['headers'];
  /** Names of the parts in the order they came. */
  order: readonly string[];
  /** Text fields. */
  fields: Readonly<Record<string, string>>;
  files: readonly RecordedFile[];
  /** Why it was refused, where the vendor would refuse it too. */
  refusal?: string;
}

/** One picture that the vendor charges for. */
export interface BillLine {
  model: string;
  prompt: string;
}

export interface ScriptedOpenai {
  /** To be set as OPENAI_BASE_URL. */
  url: string;
  /** The only key it accepts. */
  key: string;
  calls: readonly RecordedCall[];
  bill: readonly BillLine[];
  /** Answers for the next calls, in order; after them all is well. */
  script(...steps: Step[]): void;
  /** Refuses connections until `plugIn`. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

export const upstreamKey = 'sk-proj-scripted-0123456789abcdefghijklmnop';

/**
 * OpenAI's `/v1/images/edits` on loopback: reads strictly, answers in the vendor's shapes, keeps its own bill, and
 * fails in every way it is told to.
 */
export async function startScriptedOpenai(): Promise<ScriptedOpenai> {
  const calls: RecordedCall[] = [];
  const bill: BillLine[] = [];
  const steps: Step[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response, steps.shift() ?? 'ok', calls, bill).catch((error: unknown) => {
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
    url: `http://127.0.0.1:${port}/v1`,
    key: upstreamKey,
    calls,
    bill,
    script: (...next) => void steps.push(...next),
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

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  step: Step,
  calls: RecordedCall[],
  bill: BillLine[],
): Promise<void> {
  request.on('error', () => {});
  response.on('error', () => {});
  response.setHeader('x-request-id', `req_${calls.length + 1}`);
  const fault: Fault | undefined = typeof step === 'string' && step !== 'ok' ? faults[step] : undefined;
  if (fault?.early) return fault.strike(response, request, '');
  const wishes = typeof step === 'string' ? {} : step;
  try {
    const asked = await receive(request, calls);
    if (!fault || fault.billed) {
      for (let picture = 0; picture < asked.n; picture += 1) {
        bill.push({ model: asked.model, prompt: asked.prompt });
      }
    }
    if (wishes.delayMs) await delay(wishes.delayMs);
    if (fault) return fault.strike(response, request, await toAnswer(asked, wishes));
    await answer(response, asked, wishes);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    response.writeHead(error.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(error.body));
  }
}

/** @throws VendorError */
async function receive(request: IncomingMessage, calls: RecordedCall[]): Promise<AskedEdit> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const call: Writable<RecordedCall> = { headers: request.headers, order: [], fields: {}, files: [] };
  calls.push(call);
  try {
    checkHead(request, body.length);
    const parts = readStrictForm(request.headers['content-type'], body);
    Object.assign(call, toRecord(parts));
    return checkEdit(parts);
  } catch (error) {
    call.refusal = (error as Error).message;
    if (error instanceof VendorError) throw error;
    throw new VendorError(400, 'invalid_request_error', null, null, `Not a form: ${call.refusal}`);
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function checkHead({ method, url, headers }: IncomingMessage, bodyBytes: number): void {
  if (method !== 'POST' || url !== '/v1/images/edits') {
    throw new VendorError(404, 'invalid_request_error', null, null, `Invalid URL (${method} ${url})`);
  }
  if (headers.authorization !== `Bearer ${upstreamKey}`) {
    const message = `Incorrect API key provided: ${headers.authorization?.slice(7)}.`;
    throw new VendorError(401, 'invalid_request_error', 'invalid_api_key', null, message);
  }
  const isExact = headers['content-length'] === String(bodyBytes) && !headers['transfer-encoding'];
  if (!isExact) throw new VendorError(411, 'invalid_request_error', null, null, 'Send Content-Length.');
}

function toRecord(parts: readonly FormPart[]): Pick<RecordedCall, 'order' | 'fields' | 'files'> {
  const fields: Record<string, string> = Object.create(null);
  const files: RecordedFile[] = [];
  for (const { name, fileName, mediaType = '', bytes } of parts) {
    if (fileName === undefined) fields[name] = bytes.toString('utf8');
    else {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      files.push({ name, fileName, mediaType, size: bytes.length, sha256 });
    }
  }
  return { order: parts.map(({ name }) => name), fields, files };
}

async function answer(response: ServerResponse, asked: AskedEdit, wishes: AnswerWishes): Promise<void> {
  if (!asked.stream || wishes.ignoreStream) {
    response.setHeader('content-type', 'application/json').end(await toAnswer(asked, wishes));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for await (const frame of toEvents(asked, wishes)) {
    if (!response.write(frame)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}
