import type { ServerResponse } from 'node:http';
import { type Pieces, readPieces } from '../wire/index.ts';

/**
 * Writes a part of an answer. Resolves when the caller has taken it, or has gone.
 * @throws what reading the pieces throws; half an answer cannot be mended, so the connection is broken off then
 */
export async function writePieces(response: ServerResponse, pieces: Pieces): Promise<void> {
  let goOn = (): void => undefined;
  const onClose = (): void => goOn();
  response.on('close', onClose);
  try {
    for await (const piece of readPieces(pieces)) {
      if (response.destroyed) return;
      // Pieces are only lent, so each must be out before the next is asked for.
      await new Promise<void>((resolve) => {
        goOn = resolve;
        response.write(piece, () => resolve());
      });
    }
  } catch (fault) {
    response.destroy();
    throw fault;
  } finally {
    response.off('close', onClose);
  }
}
