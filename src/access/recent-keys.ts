import type { Clock } from '../core/clock.ts';
import type { KeyRecord, Store } from '../store/index.ts';

/** Looks keys up, and remembers the good ones for a moment: who is busy is not looked up for each request. */
export interface RecentKeys {
  /** Undefined for one that is unknown, revoked or expired. @throws RetouchError storage_unavailable */
  findValid(hash: string): Promise<KeyRecord | undefined>;
  /** After every change of a key, so that it counts from then on. */
  forget(): void;
}

interface Lookup {
  found: Promise<KeyRecord | undefined>;
  at: number;
}

const rememberedMs = 1_000;
const maxRemembered = 1_000;

export function createRecentKeys({ keys }: Store, clock: Clock): RecentKeys {
  const recent = new Map<string, Lookup>();

  const isValid = (key: KeyRecord | undefined): boolean =>
    key?.revokedAt === null && (key.expiresAt === null || key.expiresAt > clock());

  function lookUp(hash: string): Lookup {
    const lookup = { found: keys.findByHash(hash), at: clock() };
    const drop = (): void => {
      if (recent.get(hash) === lookup) recent.delete(hash);
    };
    if (recent.size === maxRemembered) recent.clear();
    recent.set(hash, lookup);
    lookup.found.then((key) => isValid(key) || drop(), drop);
    return lookup;
  }

  return {
    async findValid(hash) {
      const known = recent.get(hash);
      const isFresh = known && clock() - known.at < rememberedMs;
      const key = await (isFresh ? known : lookUp(hash)).found;
      return isValid(key) ? key : undefined;
    },
    forget: () => recent.clear(),
  };
}
