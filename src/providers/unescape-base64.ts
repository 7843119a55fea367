/** Base64 as some JSON writers have it, with `\/` and line breaks, without them. */
export async function* unescapeBase64(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest = '';
  for await (const piece of pieces) {
    const text = rest + Buffer.from(piece).toString('latin1');
    // An escape has six characters at most; one that may be cut waits for the next piece.
    const cut = /\\u?[0-9a-fA-F]{0,3}$/.exec(text)?.index ?? text.length;
    rest = text.slice(cut);
    yield Buffer.from(toPlain(text.slice(0, cut)), 'latin1');
  }
  yield Buffer.from(toPlain(rest), 'latin1');
}

function toPlain(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_all, hex?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16)).replace(/\s/, '');
    return letter === '/' ? '/' : '';
  });
}
