import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../core/caller.ts';
import { RetouchError } from '../core/errors.ts';
import type { KeyRecord, Store } from '../store/index.ts';
import { type KeyKind, readKeyKind, toDigest } from './key-text.ts';
import type { RecentKeys } from './recent-keys.ts';

/** Where the digest of the generated admin key is kept. */
export const adminDigestSetting = 'admin-key-sha256';

export interface Authentication {
  /**
   * Who is calling, from the `Authorization` header.
   * @throws RetouchError missing_api_key, invalid_api_key, wrong_key_kind, storage_unavailable
   */
  authenticate(authorization: string | undefined): Promise<Caller>;
  /**
   * Returns if the header has the admin key.
   * @throws RetouchError missing_api_key, invalid_api_key, wrong_key_kind, storage_unavailable
   */
  authenticateAdmin(authorization: string | undefined): Promise<void>;
}

interface Presented {
  kind: KeyKind | undefined;
  digest: Buffer;
}

export interface AuthenticationParts {
  store: Store;
  recentKeys: RecentKeys;
  /** Instead of the generated one. */
  adminKey?: string | undefined;
}

export function createAuthentication({ store, recentKeys, adminKey }: AuthenticationParts): Authentication {
  const configured = adminKey === undefined ? undefined : toDigest(adminKey);

  async function isAdmin({ kind, digest }: Presented): Promise<boolean> {
    if (configured) return timingSafeEqual(digest, configured);
    if (kind !== 'admin') return false;
    const generated = await store.settings.find(adminDigestSetting);
    return generated !== undefined && timingSafeEqual(digest, Buffer.from(generated, 'hex'));
  }

  async function findValid({ kind, digest }: Presented): Promise<KeyRecord | undefined> {
    if (kind !== 'live' && kind !== 'test') return undefined;
    return recentKeys.findValid(digest.toString('hex'));
  }

  return {
    async authenticate(authorization) {
      const presented = readPresented(authorization);
      if (await isAdmin(presented)) {
        throw wrongKind('This is the admin key; pictures are edited with a live or test key.');
      }
      const key = await findValid(presented);
      if (!key) throw invalidKey();
      return toCaller(key);
    },

    async authenticateAdmin(authorization) {
      const presented = readPresented(authorization);
      if (await isAdmin(presented)) return;
      if (!(await findValid(presented))) throw invalidKey();
      throw wrongKind('This is a key for editing pictures; the admin API needs the admin key.');
    },
  };
}

function readPresented(authorization = ''): Presented {
  const [scheme, key] = splitScheme(authorization.trim());
  if (scheme.toLowerCase() !== 'bearer' || key === '') {
    throw new RetouchError(
      'missing_api_key',
      'No API key was sent. Send the header "Authorization: Bearer <key>" with a key of this gateway.',
    );
  }
  // Node gives the bytes of a header as latin1; back to bytes, so that a UTF-8 admin key compares equal.
  return { kind: readKeyKind(key), digest: toDigest(Buffer.from(key, 'latin1')) };
}

function splitScheme(header: string): [scheme: string, key: string] {
  const end = header.indexOf(' ');
  return end === -1 ? [header, ''] : [header.slice(0, end), header.slice(end).trim()];
}

/** One answer for mistyped, unknown, revoked and expired keys: it helps nobody who is guessing. */
function invalidKey(): RetouchError {
  return new RetouchError(
    'invalid_api_key',
    'The API key is not valid: it is mistyped, unknown, revoked or expired. Check it, or ask the operator of this gateway for another.',
  );
}

function wrongKind(message: string): RetouchError {
  return new RetouchError('wrong_key_kind', message);
}

function toCaller({ id, name, mode, models }: KeyRecord): Caller {
  return { keyId: id, keyName: name, mode, ...(models && { models }) };
}
