import { type Setting, type Settings, text } from '../core/setting.ts';

const dataDir: Setting<string> = {
  env: 'RETOUCH_DATA_DIR',
  schema: text() as Setting<string>['schema'],
  default: './data',
  form: 'the path of a folder; it is made if absent',
  example: '/var/lib/retouch',
  doc: 'Where keys, records and stored pictures are kept. One gateway at a time uses a data folder.',
};

export const storeSettings = { dataDir } satisfies Settings;
