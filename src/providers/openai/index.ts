import type { Provider } from '../contract.ts';
import { createEdit, type OpenaiParts } from './edit.ts';
import { openaiModels } from './models.ts';

export { openaiModels } from './models.ts';

/** The vendor's own API, or whatever speaks it at OPENAI_BASE_URL. */
export function createOpenai(parts: OpenaiParts): Provider {
  return {
    id: 'openai',
    models: openaiModels,
    ...(parts.config.openaiApiKey === undefined && { missing: 'set OPENAI_API_KEY' }),
    edit: createEdit(parts),
  };
}
