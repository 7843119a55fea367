import { type Bytes, lend, readAll, toRange } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';

const alphabet = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(/[A-Za-z0-9+/]/.test(String.fromCharCode(byte))),
);

/**
 * Checks every character, since the text goes to vendors as it is. Returns the length decoded, in bytes.
 * @throws RetouchError invalid_value
 */
export async function measureBase64(param: string, text: Bytes): Promise<number> {
  const ending = await readAll(toRange(text, Math.max(0, text.size - 2), text.size), 2);
  const padding = ending.toString('latin1').match(/=+$/)?.[0].length ?? 0;
  let checked = 0;
  for await (const piece of lend(text, 0, text.size - padding)) {
    const at = findForeign(piece);
    if (at !== -1) throw toFault(param, `found ${show(piece[at] as number)} at character ${checked + at}`);
    checked += piece.length;
  }
  if (text.size % 4 !== 0)
    throw toFault(param, `its ${text.size} characters are no multiple of 4; pad it with "="`);
  return (text.size / 4) * 3 - padding;
}

function findForeign(piece: Uint8Array): number {
  // Locals only, since every byte passes here.
  const [known, end] = [alphabet, piece.length];
  let at = 0;
  while (at < end && known[piece[at] as number] === 1) at += 1;
  return at === end ? -1 : at;
}

function show(byte: number): string {
  if (byte === 0x0a || byte === 0x0d) return 'a line break';
  return JSON.stringify(String.fromCharCode(byte));
}

function toFault(param: string, what: string): RetouchError {
  return new RetouchError('invalid_value', `'${param}' is no plain base64 (A-Z a-z 0-9 + /): ${what}.`, {
    param,
  });
}
