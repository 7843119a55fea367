import type { Clock } from '../core/clock.ts';
import { RetouchError } from '../core/errors.ts';
import type { KeyChanges, KeyRecord, NewKeyRecord, Store } from '../store/index.ts';
import { createKeyText, createRandomText, toDigest, toPreview } from './key-text.ts';
import type { RecentKeys } from './recent-keys.ts';

/** `models`: ids the key is limited to. `expiresAt`: milliseconds since 1970. */
export type KeyWishes = Pick<KeyRecord, 'name' | 'mode'> & Partial<Pick<KeyRecord, 'models' | 'expiresAt'>>;

export interface KeyPage {
  limit: number;
  /** Id of the last key of the page before. */
  after?: string;
}

export interface KeyList {
  records: readonly KeyRecord[];
  hasMore: boolean;
}

export interface Keys {
  /** `key` is known at this moment only. */
  create(wishes: KeyWishes): Promise<{ record: KeyRecord; key: string }>;
  /** Newest first, revoked ones too. @throws RetouchError key_not_found */
  list(page: KeyPage): Promise<KeyList>;
  /** @throws RetouchError key_not_found */
  get(id: string): Promise<KeyRecord>;
  /** @throws RetouchError key_not_found */
  update(id: string, changes: KeyChanges): Promise<KeyRecord>;
  /** The key is refused from now on. Revoking it again changes nothing. @throws RetouchError key_not_found */
  revoke(id: string): Promise<KeyRecord>;
}

export function createKeys({ keys }: Store, recentKeys: RecentKeys, clock: Clock): Keys {
  const get = async (id: string) => (await keys.find(id)) ?? refuseUnknown(id);
  return {
    get,
    async create(wishes) {
      const { key, stored } = generateKey(wishes, clock());
      const { hash: _, ...record } = stored;
      await keys.insert(stored);
      return { record, key };
    },
    async list({ limit, after }) {
      const last = after === undefined ? undefined : await get(after);
      const records = await keys.list(limit + 1, last);
      return { records: records.slice(0, limit), hasMore: records.length > limit };
    },
    async update(id, changes) {
      const record = await keys.update(id, changes).finally(recentKeys.forget);
      return record ?? refuseUnknown(id);
    },
    async revoke(id) {
      const record = await keys.revoke(id, clock()).finally(recentKeys.forget);
      return record ?? refuseUnknown(id);
    },
  };
}

/** A new key, and what of it is stored. */
export function generateKey({ name, mode, models = null, expiresAt = null }: KeyWishes, now: number) {
  const key = createKeyText(mode);
  const stored: NewKeyRecord = {
    id: `key_${createRandomText(22)}`,
    name,
    mode,
    hash: toDigest(key).toString('hex'),
    preview: toPreview(key),
    models,
    createdAt: now,
    expiresAt,
    revokedAt: null,
  };
  return { key, stored };
}

function refuseUnknown(id: string): never {
  const shown = JSON.stringify(id.slice(0, 40));
  throw new RetouchError('key_not_found', `No key has the id ${shown}. GET /admin/v1/keys lists all keys.`);
}
