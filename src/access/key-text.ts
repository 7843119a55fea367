import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type KeyKind = 'live' | 'test' | 'admin';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const shape = /^(rt_(live|test|admin)_[0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/**
 * A new key: `rt_live_`, 32 random characters (190 bits), 6 of checksum. Scanners for leaked secrets find it, and a
 * typing error shows without a look into the database.
 */
export function createKeyText(kind: KeyKind): string {
  const body = `rt_${kind}_${createRandomText(32)}`;
  return body + toChecksum(body);
}

/** What kind of key the text says it is; undefined: it is not a key, or mistyped. */
export function readKeyKind(text: string): KeyKind | undefined {
  const [, body = '', kind, checksum] = shape.exec(text) ?? [];
  return checksum === toChecksum(body) ? (kind as KeyKind) : undefined;
}

/** Letters and digits from the system's random source, each as likely as the others. */
export function createRandomText(length: number): string {
  return Array.from({ length }, () => digits[randomInt(digits.length)]).join('');
}

/** SHA-256. The key is random enough that a slow hash would add nothing. */
export function toDigest(key: string | Uint8Array): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Enough for people to tell their keys apart: `rt_live_ab…wxyz`. */
export function toPreview(key: string): string {
  return `${key.slice(0, 10)}…${key.slice(-4)}`;
}

function toChecksum(body: string): string {
  let rest = crc32(body);
  let checksum = '';
  while (checksum.length < 6) {
    checksum = digits[rest % digits.length] + checksum;
    rest = Math.floor(rest / digits.length);
  }
  return checksum;
}
