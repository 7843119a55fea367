import type { Provider } from '../contract.ts';
import { createEdit, type GoogleParts } from './edit.ts';
import { googleModels } from './models.ts';

export { googleModels } from './models.ts';

/** The Gemini API, or whatever speaks it at GEMINI_BASE_URL. */
export function createGoogle(parts: GoogleParts): Provider {
  return {
    id: 'google',
    models: googleModels,
    ...(parts.config.geminiApiKey === undefined && { missing: 'set GEMINI_API_KEY' }),
    edit: createEdit(parts),
  };
}
