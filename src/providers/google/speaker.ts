import type { EditCall, EditEvent } from '../../core/edit.ts';
import { nowInSeconds } from '../vendor-answer.ts';
import type { Reply } from './reply.ts';
import { toUsage } from './usage.ts';

/** Tells a caller that streams, one event at a time, and numbers the answers as they begin to speak. */
export function createSpeaker({ emit, request }: EditCall) {
  const places = new Map<number, number>();
  let last = Promise.resolve();
  const tell = (event: EditEvent): Promise<void> => {
    last = last.then(() => emit?.(event));
    return last;
  };
  const placeOf = (index: number): number => {
    const place = places.get(index) ?? places.size;
    places.set(index, place);
    return place;
  };
  return {
    placeOf,
    hasBegun: (index: number) => places.has(index),
    countPlaces: () => places.size,
    async say(index: number, text: string): Promise<void> {
      // Only a chat has a place for words.
      if (emit && request.conversation) await tell({ type: 'text', text, answer: placeOf(index) });
    },
    async show(index: number, reply: Reply): Promise<void> {
      if (!emit) return;
      const usage = toUsage(reply);
      for (const [position, { image, facts }] of reply.images.entries()) {
        // The usage is that of the whole call: it is told once, with the last picture.
        const isLast = position === reply.images.length - 1;
        const shown = { ...image, answer: placeOf(index) };
        await tell({
          ...{ type: 'completed', image: shown, facts, createdAt: nowInSeconds() },
          ...(isLast && usage && { usage }),
        });
      }
    },
  };
}
