import type { ServerResponse } from 'node:http';
import { type Pieces, readPieces } from '../wire/index.ts';

/**
 * Writes a part of an answer. Resolves when the caller has taken it, or has gone.
 * @throws what reading the pieces throws; half an answer cannot be mended, so the connection is broken off then
 */
export async function writePieces(response: ServerResponse, pieces: Pieces): Promise<void> {
  try {
    for await (const piece of readPieces(pieces)) {
      if (response.destroyed) return;
      await write(response, piece);
    }
  } catch (fault) {
    response.destroy();
    throw fault;
  }
}

/** Pieces are only lent, so each must be out before the next is asked for. */
function write(response: ServerResponse, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('close', done);
      resolve();
    };
    response.on('close', done);
    response.write(piece, done);
  });
}
