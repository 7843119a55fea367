import type { Bytes, Spool } from '../core/bytes.ts';

/** An escape at the end of a text that the cut has left incomplete. */
const openEscape = /(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)$/;

/**
 * Writes what is meant by the ASCII text between a JSON string's quotes: some clients write `\/` for `/`, some
 * `\u002B` for `+`. Goes piece by piece, so that no long string is ever built.
 */
export async function writeUnescaped(escaped: Bytes, spool: Spool): Promise<void> {
  let rest = '';
  for await (const piece of escaped.read()) {
    const text = rest + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
    rest = openEscape.exec(text)?.[1] ?? '';
    const whole: string = JSON.parse(`"${text.slice(0, text.length - rest.length)}"`);
    await spool.write(Buffer.from(whole));
  }
}
