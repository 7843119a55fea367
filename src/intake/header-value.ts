/** `form-data; name="image"` → its first word in lower case, and its parameters with names in lower case. */
export interface HeaderValue {
  value: string;
  parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const first = new RegExp(`^[ \\t]*(${token}(?:/${token})?)[ \\t]*(?=;|$)`);
const parameter = new RegExp(
  `;[ \\t]*(?:(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s";]*)))?[ \\t]*(?=;|$)`,
  'y',
);

/** Undefined where the text is malformed or names a parameter twice. */
export function findHeaderValue(text: string): HeaderValue | undefined {
  const start = first.exec(text);
  if (!start?.[1]) return undefined;
  const parameters = new Map<string, string>();
  parameter.lastIndex = start[0].length;
  while (parameter.lastIndex < text.length) {
    const match = parameter.exec(text);
    if (!match) return undefined;
    const [, name, quoted, plain] = match;
    if (name === undefined) continue;
    if (parameters.has(name.toLowerCase())) return undefined;
    // Browsers leave backslashes as they are, so only those before a quote or a backslash mean an escape.
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(["\\])/g, '$1') ?? plain ?? '');
  }
  return { value: start[1].toLowerCase(), parameters };
}
