import type { EditCall, EditedImage, EditOutcome, Usage } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { Redact } from '../redact.ts';
import { readEvents, type ServerEvent } from '../sse.ts';
import { sumUsage } from '../sum-usage.ts';
import { TransportFault } from '../transport-fault.ts';
import { nowInSeconds, orInvalid, toInvalidResponse } from '../vendor-answer.ts';
import { toFacts, toImages, toOutcome, toUsage } from './answer.ts';
import { readStreamError } from './errors.ts';
import { type EventWire, eventWire, failureWire } from './wire.ts';

/** Hands partial pictures on as they come, and collects the finished ones. */
export async function fromStream(
  pieces: AsyncIterable<Uint8Array>,
  call: EditCall,
  redact: Redact,
): Promise<EditOutcome> {
  const finished: Finished[] = [];
  const asked = call.parameters.n ?? 1;
  let hasBegun = false;
  let brokeOff = false;
  try {
    for await (const event of readEvents(pieces, call.openSpool)) {
      finished.push(...(await takeEvent(event, call, redact, hasBegun)));
      hasBegun = true;
      if (finished.length === asked) break;
    }
  } catch (error) {
    brokeOff = error instanceof TransportFault || error instanceof RetouchError;
    // A picture that was finished is paid for: it is delivered, whatever came after it.
    if (!brokeOff || finished.length === 0) throw error;
  }
  const last = finished.at(-1);
  if (!last) throw toInvalidResponse('OpenAI', 'the stream ended without a finished picture');
  const usage = findUsage(finished.map((picture) => picture.usage));
  return toOutcome(
    call,
    finished.map(({ image }) => image),
    {
      ...{ facts: last.facts, createdAt: last.createdAt, ...(usage && { usage }) },
      ...(brokeOff && finished.length < asked && { isOpen: true }),
    },
  );
}

type Finished = Pick<EditOutcome, 'facts' | 'createdAt' | 'usage'> & { image: EditedImage };

async function takeEvent(
  event: ServerEvent,
  call: EditCall,
  redact: Redact,
  hasBegun: boolean,
): Promise<readonly Finished[]> {
  const wire = await readWire(event, redact, hasBegun);
  const kind = wire.type ?? event.name;
  const isCompleted = kind.endsWith('.completed');
  const isPartial = kind.endsWith('.partial_image');
  const images = isCompleted || isPartial ? await toImages(wire, event.data, call.openSpool) : [];
  const facts = await toFacts(wire, call, images[0]);
  const about = { facts, createdAt: wire.created_at ?? nowInSeconds() };
  if (isCompleted && images.length > 0) {
    const usage = wire.usage && { usage: toUsage(wire.usage) };
    const finished = images.map((image) => ({ image, ...about, ...usage }));
    for (const picture of finished) await call.emit?.({ type: 'completed', ...picture });
    return finished;
  }
  for (const image of images) {
    await call.emit?.({ type: 'partial', index: wire.partial_image_index ?? 0, image, ...about });
  }
  await event.data.release();
  return [];
}

/** @throws RetouchError what the vendor says went wrong, in whichever of the forms it is known to use */
async function readWire(event: ServerEvent, redact: Redact, hasBegun: boolean): Promise<EventWire> {
  const value = await orInvalid('OpenAI', async () => event.outline());
  const wire = eventWire.safeParse(value).data;
  if (!wire) throw toInvalidResponse('OpenAI', 'an event of the stream is not a JSON object');
  const isError = event.name === 'error' || wire.type === 'error';
  const error = wire.error ?? (isError ? failureWire.parse(value) : undefined);
  if (error) throw await readStreamError(error, event.data, redact, hasBegun);
  return wire;
}

/** Told with each picture, or once with the last; where some others tell none, the sum is no bill. */
function findUsage(usages: readonly (Usage | undefined)[]): Usage | undefined {
  const told = usages.filter((usage) => usage !== undefined);
  if (told.length === 1) return usages.at(-1);
  return told.length === usages.length ? sumUsage(told) : undefined;
}
