import { type Setting, type Settings, wholeNumber } from '../core/setting.ts';

const resultLifetimeSeconds: Setting<number> = {
  env: 'RETOUCH_RESULT_LIFETIME_SECONDS',
  schema: wholeNumber(60, 30 * 86_400),
  default: 3_600,
  form: 'a whole number of seconds from 60 to 2592000 (30 days)',
  example: '86400',
  doc: 'How long a picture given as a link (`response_format=url`) is kept, and its link works.',
};

export const blobsSettings = { resultLifetimeSeconds } satisfies Settings;
