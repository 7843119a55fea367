import type { Bytes } from '../core/bytes.ts';
import type { OutgoingBody } from './exchange.ts';

/** One body of fresh text and bytes held elsewhere, read in turn as it is sent. */
export function joinSections(sections: readonly Bytes[]): OutgoingBody {
  return {
    size: sections.reduce((total, section) => total + section.size, 0),
    pieces: readInTurn(sections),
  };
}

async function* readInTurn(sections: readonly Bytes[]): AsyncGenerator<Uint8Array> {
  for (const section of sections) yield* section.read();
}
