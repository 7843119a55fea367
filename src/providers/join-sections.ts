import { type Bytes, lend } from '../core/bytes.ts';
import type { OutgoingBody } from './exchange.ts';

/** What sockets hold unsent, and unread, before they ask to be waited for: with a thousand answers under way it adds up. */
export const socketRoomBytes = 16 * 1024;
/**
 * The client asks for the next piece when the socket has taken this one, or has room left for more. What may still wait
 * in that room, when it is lent no more, is copied.
 */
const minLentBytes = 2 * socketRoomBytes;

/** One body of fresh text and bytes held elsewhere, read in turn as it is sent. */
export function joinSections(sections: readonly Bytes[]): OutgoingBody {
  return {
    size: sections.reduce((total, section) => total + section.size, 0),
    pieces: readInTurn(sections),
  };
}

async function* readInTurn(sections: readonly Bytes[]): AsyncGenerator<Uint8Array> {
  for (const section of sections) {
    for await (const piece of lend(section)) yield piece.length < minLentBytes ? Buffer.from(piece) : piece;
  }
}
