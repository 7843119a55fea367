export { type DataFolder, openDataFolder } from './data-folder.ts';
export type { KeyChanges, KeyRecord, NewKeyRecord } from './keys.ts';
export { openStore, type Store } from './open.ts';
export type { RequestRecord } from './requests.ts';
