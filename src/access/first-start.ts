import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Store } from '../store/index.ts';
import { adminDigestSetting } from './authenticate.ts';
import { createKeyText, toDigest } from './key-text.ts';
import { generateKey } from './keys.ts';

const firstStartSetting = 'first-started-at';
const linkSecretSetting = 'link-secret';

/** To be shown once: only their digests are kept. */
export interface FirstKeys {
  /** Absent where the data folder has been used before. */
  callers?: { live: string; test: string };
  /** Absent where the operator has set one, and where one was made before. */
  admin?: string;
}

/** Makes the keys that a data folder still lacks. Undefined: it has had them all before. */
export async function firstStart(
  store: Store,
  clock: Clock,
  makeAdminKey: boolean,
): Promise<FirstKeys | undefined> {
  if (await store.settings.find(firstStartSetting)) return makeAdminKey ? addAdminKey(store) : undefined;
  const now = clock();
  const live = generateKey({ name: 'first live key', mode: 'live' }, now);
  const test = generateKey({ name: 'first test key', mode: 'test' }, now);
  const admin = createKeyText('admin');
  const settings = [{ name: firstStartSetting, value: new Date(now).toISOString() }];
  if (makeAdminKey) settings.push({ name: adminDigestSetting, value: toDigest(admin).toString('hex') });
  // Should two get here at once, the database lets one of them through.
  const isFirst = await store.keys.insertFirst([live.stored, test.stored], settings);
  if (!isFirst) return undefined;
  return { callers: { live: live.key, test: test.key }, ...(makeAdminKey && { admin }) };
}

/** For a folder whose operator had set an admin key at first, and does so no longer. */
async function addAdminKey(store: Store): Promise<FirstKeys | undefined> {
  if (await store.settings.find(adminDigestSetting)) return undefined;
  const admin = createKeyText('admin');
  await store.settings.keep(adminDigestSetting, toDigest(admin).toString('hex'));
  return { admin };
}

/** 32 random bytes, the same ones for the life of the data folder. */
export async function keepLinkSecret(store: Store): Promise<Buffer> {
  const fresh = randomBytes(32).toString('base64');
  return Buffer.from(await store.settings.keep(linkSecretSetting, fresh), 'base64');
}
