import type { Provider } from '../contract.ts';
import type { StudioParts } from '../present.ts';
import { createEdit } from './edit.ts';
import { localModels } from './models.ts';

export { localModels } from './models.ts';

/** The embedded editor: needs no key and no network, and costs nothing. */
export function createLocal(parts: StudioParts): Provider {
  return { id: 'local', models: localModels, edit: createEdit(parts) };
}
