import type { Clock } from '../core/clock.ts';
import type { Store } from '../store/index.ts';
import { type Authentication, createAuthentication } from './authenticate.ts';
import { type FirstKeys, firstStart, keepLinkSecret } from './first-start.ts';
import { createKeys, type Keys } from './keys.ts';
import { createRecentKeys } from './recent-keys.ts';

export interface Access extends Authentication {
  keys: Keys;
  /** The keys made at this start, to be shown this once; undefined where the data folder has them all. */
  firstStart(): Promise<FirstKeys | undefined>;
  /** What links to stored pictures are signed with. */
  linkSecret(): Promise<Buffer>;
}

export interface AccessParts {
  store: Store;
  clock: Clock;
  /** The operator's own admin key; undefined: one is generated. */
  adminKey?: string | undefined;
}

/** Who may do what. */
export function createAccess({ store, clock, adminKey }: AccessParts): Access {
  const recentKeys = createRecentKeys(store, clock);
  return {
    ...createAuthentication({ store, recentKeys, adminKey }),
    keys: createKeys(store, recentKeys, clock),
    firstStart: () => firstStart(store, clock, adminKey === undefined),
    linkSecret: () => keepLinkSecret(store),
  };
}
