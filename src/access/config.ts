import { type Setting, type Settings, text } from '../core/setting.ts';

const adminKey: Setting<string | undefined> = {
  env: 'RETOUCH_ADMIN_KEY',
  schema: text(16),
  default: undefined,
  form: 'a text of 16 characters or more',
  example: 'correct-horse-battery-staple',
  doc: 'The key of the admin API, instead of the one made at the first start.',
  secret: true,
};

export const accessSettings = { adminKey } satisfies Settings;
