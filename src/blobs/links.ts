import { createHmac, timingSafeEqual } from 'node:crypto';

/** Makes and checks links that open one stored picture until a certain second. */
export interface Links {
  /** Path and query below the API's base. */
  create(id: string, expiresAtSeconds: number): string;
  check(id: string, expires: string, signature: string): boolean;
}

export function createLinks(secret: Uint8Array, nowMs: () => number): Links {
  const sign = (id: string, expires: string): Buffer =>
    createHmac('sha256', secret).update(`${id}\n${expires}`).digest();
  return {
    create(id, expiresAtSeconds) {
      const expires = String(expiresAtSeconds);
      return `/images/${id}?expires=${expires}&signature=${sign(id, expires).toString('base64url')}`;
    },
    check(id, expires, signature) {
      const given = Buffer.from(signature, 'base64url');
      const right = sign(id, expires);
      const same = given.length === right.length && timingSafeEqual(given, right);
      return same && Number(expires) * 1000 > nowMs();
    },
  };
}
