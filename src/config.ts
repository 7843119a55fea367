import { accessSettings } from './access/config.ts';
import { blobsSettings } from './blobs/config.ts';
import type { Config, Setting, Settings } from './core/setting.ts';
import { StartFault } from './core/start-fault.ts';
import { httpSettings } from './http/config.ts';
import { imagesSettings } from './images/config.ts';
import { intakeSettings } from './intake/config.ts';
import { providersSettings } from './providers/config.ts';
import { routingSettings } from './routing/config.ts';
import { storeSettings } from './store/config.ts';

/** Every setting of the gateway, room by room, in the order the docs list them. */
export const settings = {
  http: httpSettings,
  store: storeSettings,
  access: accessSettings,
  routing: routingSettings,
  providers: providersSettings,
  intake: intakeSettings,
  images: imagesSettings,
  blobs: blobsSettings,
} as const satisfies Record<string, Settings>;

export type AppConfig = { [Room in keyof typeof settings]: Config<(typeof settings)[Room]> };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads all settings from the environment. A variable that is empty counts as not set.
 * @throws StartFault that lists every fault, each with its name, the expected form and an example
 */
export function readConfig(environment: Environment): AppConfig {
  const faults: string[] = [];
  const config = Object.entries(settings).map(([room, slice]) => {
    const values = Object.entries<Setting<unknown>>(slice).map(([name, setting]) => [
      name,
      readSetting(setting, environment, faults),
    ]);
    return [room, Object.fromEntries(values)];
  });
  if (faults.length === 0) return Object.fromEntries(config);
  const heading = faults.length === 1 ? 'A setting is wrong:' : `${faults.length} settings are wrong:`;
  throw new StartFault([heading, ...faults.map((fault) => `  ${fault}`)].join('\n'));
}

/** What the docs call a caller's own variables; they are often set in the same shell. */
const callersNames: readonly string[] = ['RETOUCH_URL', 'RETOUCH_KEY'];

/** Names that look like settings and are none: a mistyped name would otherwise be ignored without a word. */
export function findUnknownSettings(environment: Environment): readonly string[] {
  const names = Object.values(settings).flatMap((slice) =>
    Object.values<Setting<unknown>>(slice).map(({ env }) => env),
  );
  const known = new Set([...names, ...callersNames]);
  return Object.keys(environment).filter((name) => name.startsWith('RETOUCH_') && !known.has(name));
}

function readSetting(setting: Setting<unknown>, environment: Environment, faults: string[]): unknown {
  const text = environment[setting.env];
  if (text === undefined || text === '') return setting.default;
  const result = setting.schema.safeParse(text);
  if (result.success) return result.data;
  const shown = setting.secret ? '' : ` (it is ${JSON.stringify(text.slice(0, 100))})`;
  faults.push(
    `${setting.env} must be ${setting.form}${shown}, for example ${setting.env}=${setting.example}`,
  );
  return setting.default;
}
