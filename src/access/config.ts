import { z } from 'zod';
import type { Setting, Settings } from '../core/setting.ts';

const adminKey: Setting<string | undefined> = {
  env: 'RETOUCH_ADMIN_KEY',
  schema: z
    .string()
    .trim()
    .regex(/^\P{Cc}{16,}$/u),
  default: undefined,
  form: 'one line of 16 characters or more',
  example: 'correct-horse-battery-staple',
  doc: 'The key of the admin API, instead of the one that the first start makes and prints.',
  secret: true,
};

export const accessSettings = { adminKey } satisfies Settings;
