import { type Bytes, lend, type Spool } from '../core/bytes.ts';

/** An escape at the end of a text that the cut has left incomplete, or that is the first half of a pair. */
const openEscape = /(?<!\\)(?:\\\\)*(\\(?:u[\da-f]{0,3}|ud[89ab][\da-f]{2}(?:\\(?:u[\da-f]{0,3})?)?)?)$/i;

/**
 * Writes what is meant by the text between a JSON string's quotes: some clients write `\/` for `/`, some
 * `\u002B` for `+`. Goes piece by piece, so that no long string is ever built.
 */
export async function writeUnescaped(escaped: Bytes, spool: Spool): Promise<void> {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const piece of lend(escaped)) {
    const text = rest + utf8.decode(piece, { stream: true });
    rest = openEscape.exec(text)?.[1] ?? '';
    const whole: string = JSON.parse(`"${text.slice(0, text.length - rest.length)}"`);
    await spool.write(Buffer.from(whole));
  }
}
