export { type Access, createAccess } from './access.ts';
export { readKeyChanges, readKeyPage, readNewKey, toPublicKey, toPublicKeyList } from './admin-wire.ts';
