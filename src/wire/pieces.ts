import { randomUUID } from 'node:crypto';
import { type Bytes, lend } from '../core/bytes.ts';

/** A body to send: short fresh texts and ranges of what is held already, in order. */
export type Pieces = readonly (string | Bytes)[];

/** The exact length of a body, in bytes. */
export function countBytes(pieces: Pieces): number {
  return pieces.reduce(
    (sum, piece) => sum + (typeof piece === 'string' ? Buffer.byteLength(piece) : piece.size),
    0,
  );
}

/** The body's bytes, those that are held already only lent. */
export async function* readPieces(pieces: Pieces): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (typeof piece === 'string') yield Buffer.from(piece);
    else yield* lend(piece);
  }
}

/** Marks where a value that is too large for a string goes when `toPieces` writes the object around it. */
export interface Hole {
  readonly hole: Bytes;
  /** Goes before the hole's bytes in the same string. */
  readonly prefix?: string;
}

/** Cannot be guessed, so no text of a caller or a vendor can pass for a hole. */
const mark = `hole:${randomUUID()}`;

/**
 * JSON text of `value` in which each string property whose value is a `Hole` is filled with the hole's bytes.
 * The bytes must need no escaping, or have it: base64 text, an address, what stood in another document.
 */
export function toPieces(value: unknown): Pieces {
  const holes: Bytes[] = [];
  const text = JSON.stringify(value, (_key, inner) => {
    if (typeof inner !== 'object' || inner === null || !('hole' in inner)) return inner;
    const { hole, prefix = '' } = inner as Hole;
    holes.push(hole);
    return prefix + mark;
  });
  const between = text.split(mark);
  return between.flatMap((fresh, index) => {
    const hole = holes[index];
    return hole === undefined ? [fresh] : [fresh, hole];
  });
}
