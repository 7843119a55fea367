import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Gateway } from './gateway.ts';
import { createPng } from './small-png.ts';

/** One part of a form: text, or a file. */
export type FormEntry = readonly [name: string, value: string | Buffer];

export interface PostWishes {
  /** Default: the gateway's live key. */
  key?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export const picture = createPng({ width: 64, height: 48 });
/** Transparent, that is, to be edited, all over. */
export const mask = createPng({ width: 64, height: 48, colour: [0, 0, 0, 0] });

/** What every edit needs; entries given replace those of the same name. */
export function toEntries(...given: FormEntry[]): readonly FormEntry[] {
  const needed: readonly FormEntry[] = [
    ['model', 'openai/gpt-image-2'],
    ['prompt', 'make it blue'],
    ['image', picture],
  ];
  const names = new Set(given.map(([name]) => name));
  return [...needed.filter(([name]) => !names.has(name)), ...given];
}

/** `POST /images/edits` with a form, its parts in the given order, or with a JSON body. */
export function postEdit(
  gateway: Pick<Gateway, 'api' | 'liveKey'>,
  body: readonly FormEntry[] | object,
  { key = gateway.liveKey, headers = {}, signal }: PostWishes = {},
): Promise<Response> {
  const isForm = Array.isArray(body);
  return fetch(`${gateway.api}/images/edits`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      ...(!isForm && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: isForm ? toForm(body) : JSON.stringify(body),
    ...(signal && { signal }),
  });
}

export function toForm(entries: readonly FormEntry[]): FormData {
  const form = new FormData();
  for (const [name, value] of entries) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value)]), 'picture.bin');
  }
  return form;
}

/** A form as a bare socket sends it. */
export async function encodeForm(entries: readonly FormEntry[]): Promise<{ type: string; body: Buffer }> {
  const form = new Request('http://localhost', { method: 'POST', body: toForm(entries) });
  return { type: form.headers.get('content-type') ?? '', body: Buffer.from(await form.arrayBuffer()) };
}

/** The head of an edit as a bare socket sends it; the body is up to the caller. `more`: further headers. */
export function toEditHead(
  { liveKey }: Pick<Gateway, 'liveKey'>,
  type: string,
  length: number,
  ...more: string[]
): string {
  const headers = [
    ...['host: localhost', `authorization: Bearer ${liveKey}`],
    ...[`content-type: ${type}`, `content-length: ${length}`, ...more],
  ];
  return `POST /api/v1/images/edits HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`;
}

export const toDataUrl = (bytes: Buffer, mediaType = 'image/png'): string =>
  `data:${mediaType};base64,${bytes.toString('base64')}`;

/** The pictures of an answer, decoded. */
export function toPictures(answer: { data: readonly { b64_json?: string | undefined }[] }): Buffer[] {
  return answer.data.map(({ b64_json = '' }) => Buffer.from(b64_json, 'base64'));
}

export interface RawAnswer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  text: string;
}

export async function openSocket({ url }: Pick<Gateway, 'url'>): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the other side closes. */
export async function readToEnd(socket: Socket): Promise<RawAnswer | undefined> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  if (!socket.closed) await once(socket, 'close');
  const [head = '', ...body] = Buffer.concat(pieces).toString('utf8').split('\r\n\r\n');
  const [line = '', ...rest] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1]);
  if (Number.isNaN(status)) return undefined;
  const headers = rest.map((header) => {
    const at = header.indexOf(':');
    return [header.slice(0, at).toLowerCase(), header.slice(at + 1).trim()] as const;
  });
  return { status, headers: Object.fromEntries(headers), text: body.join('\r\n\r\n') };
}
