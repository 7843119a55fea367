import type { ServerResponse } from 'node:http';
import { type Pieces, readPieces } from '../wire/index.ts';

/**
 * Writes a part of an answer. Resolves when the caller can take more, or has gone.
 * @throws what reading the pieces throws; half an answer cannot be mended, so the connection is broken off then
 */
export async function writePieces(response: ServerResponse, pieces: Pieces): Promise<void> {
  try {
    for await (const piece of readPieces(pieces)) {
      if (response.destroyed) return;
      if (!response.write(piece) && !response.destroyed) await canTakeMore(response);
    }
  } catch (fault) {
    response.destroy();
    throw fault;
  }
}

function canTakeMore(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
