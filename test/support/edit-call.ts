import { createHash } from 'node:crypto';
import { type Content, readAll, toBinary, toBytes } from '../../src/core/bytes.ts';
import type { EditCall, EditEvent, EditParameters } from '../../src/core/edit.ts';
import type { ImageFormat, InputImage } from '../../src/core/image.ts';
import type { Model } from '../../src/core/model.ts';
import { createMemorySpools } from './memory-spool.ts';

export interface CallWishes {
  model: Model;
  prompt?: string;
  images?: readonly InputImage[];
  mask?: InputImage;
  parameters?: EditParameters;
  /** Collects the events, as of a caller that streams. */
  events?: EditEvent[];
  beforeDispatch?: () => Promise<void>;
  caller?: AbortSignal;
}

/** What a provider is handed, with spools in memory. */
export function createCall(
  wishes: CallWishes,
): EditCall & { spools: { size: number; released: boolean }[]; upstreamIds: string[] } {
  const { openSpool, opened } = createMemorySpools();
  const { model, parameters = {}, events, mask } = wishes;
  const upstreamIds: string[] = [];
  return {
    request: {
      id: 'edit_test',
      model: model.id,
      prompt: wishes.prompt ?? 'Make it black and white.',
      images: wishes.images ?? [],
      ...(mask && { mask }),
      parameters,
      stream: events !== undefined,
      routing: { models: [], allowFallbacks: true, requireParameters: false },
      tags: [],
    },
    model,
    parameters,
    openSpool,
    caller: wishes.caller ?? new AbortController().signal,
    spools: opened,
    upstreamIds,
    onUpstreamId: (id) => void upstreamIds.push(id),
    beforeDispatch: wishes.beforeDispatch ?? (async () => {}),
    ...(events && { emit: async (event) => void events.push(event) }),
  };
}

/** A picture as intake would hand it over; what its header says is taken from the arguments. */
export function toInputImage(
  name: string,
  bytes: Buffer,
  { width = 16, height = 16, format = 'png' as ImageFormat, encoding = 'binary' as Content['encoding'] } = {},
): InputImage {
  const held = encoding === 'binary' ? bytes : Buffer.from(bytes.toString('base64'), 'latin1');
  return {
    name,
    content: { encoding, bytes: toBytes(held) },
    facts: {
      format,
      width,
      height,
      orientedWidth: width,
      orientedHeight: height,
      orientation: 1,
      hasAlpha: true,
      progressive: false,
      frames: 1,
    },
    byteLength: bytes.length,
  };
}

export async function readContent(content: Content): Promise<Buffer> {
  return readAll(await toBinary(content), 2 ** 28);
}

export function toSha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
