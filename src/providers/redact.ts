const secretShapes = [
  /\bBearer\s+\S+/gi,
  // Vendors show a key they refuse in part: `sk-ab***yz`.
  /\b(?:sk|rt|org|proj)[-_][\w*.…-]{4,}/gi,
  /\bAIza[\w-]{10,}/g,
  // No word is this long: a token, or base64.
  /\b[\w+]{40,}={0,2}/g,
];

const maxCharacters = 1_000;

/** Takes a secret out of text that came from a vendor, and makes the text one short line fit to be shown. */
export type Redact = (text: string) => string;

/** `secrets` are taken out wherever they occur; so is whatever looks like a key. */
export function createRedact(secrets: readonly (string | undefined)[]): Redact {
  const known = secrets.filter((secret) => secret !== undefined && secret !== '') as string[];
  return (text) => {
    let clean = text.slice(0, 8 * maxCharacters);
    for (const secret of known) clean = clean.replaceAll(secret, '[redacted]');
    for (const shape of secretShapes) clean = clean.replace(shape, '[redacted]');
    clean = clean.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
    return clean.length > maxCharacters ? `${clean.slice(0, maxCharacters)}…` : clean;
  };
}
