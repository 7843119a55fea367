const closers: Readonly<Record<string, string>> = {
  '"': '"“”',
  '“': '”“"',
  '”': '”',
  '„': '“”"',
  '«': '»',
  '»': '«',
  '‹': '›',
  '「': '」',
  '`': '`´',
  '‘': "’'",
  '‚': '‘’',
  "'": "'’",
};

/** These stand inside words too, so an opening one has no letter before it and a closing one none after it. */
const apostrophes = "'‘’";

const letter = /[\p{L}\p{N}]/v;

/**
 * Finds quoted texts: given the index of a possible opening mark, the index after its closing mark. Over a whole
 * prompt this takes linear time: a mark that was never closed is not looked for again.
 */
export function createQuoteReader(prompt: string): (at: number) => number | undefined {
  const unclosed = new Set<string>();
  return (at) => {
    const opener = prompt.charAt(at);
    const closing = closers[opener];
    if (closing === undefined || unclosed.has(opener) || !mayOpen(prompt, at)) return undefined;
    for (let index = at + 1; index < prompt.length; index += 1) {
      if (closing.includes(prompt.charAt(index)) && mayClose(prompt, index)) return index + 1;
    }
    unclosed.add(opener);
    return undefined;
  };
}

function mayOpen(prompt: string, at: number): boolean {
  return !apostrophes.includes(prompt.charAt(at)) || !letter.test(prompt.charAt(at - 1));
}

function mayClose(prompt: string, at: number): boolean {
  return !apostrophes.includes(prompt.charAt(at)) || !letter.test(prompt.charAt(at + 1));
}
