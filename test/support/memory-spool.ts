import { type Spool, toBytes } from '../../src/core/bytes.ts';

/** Spools in memory that remember what became of them. `write` may be replaced to be slow or to fail. */
export function createMemorySpools(write: (piece: Uint8Array) => Promise<void> = async () => {}) {
  const opened: { size: number; released: boolean }[] = [];

  function openSpool(): Spool {
    const state = { size: 0, released: false };
    const pieces: Uint8Array[] = [];
    const whole = () => toBytes(Buffer.concat(pieces));
    opened.push(state);
    return {
      get size() {
        return state.size;
      },
      read: (start, end) => whole().read(start, end),
      async write(piece) {
        await write(piece);
        pieces.push(Buffer.from(piece));
        state.size += piece.length;
      },
      slice: (start, end) => ({
        size: end - start,
        read: (from = 0, to = end - start) => whole().read(start + from, start + to),
      }),
      fill: (_line, work) => work(),
      async release() {
        state.released = true;
        pieces.length = 0;
      },
    };
  }

  return { opened, openSpool };
}
