import type { z } from 'zod';
import { baseUrl, headerText, type Settings } from '../../core/setting.ts';

export const googleSettings = {
  geminiApiKey: {
    env: 'GEMINI_API_KEY',
    schema: headerText as z.ZodType<string | undefined, string>,
    default: undefined as string | undefined,
    form: 'printable ASCII without spaces',
    example: 'AIza...',
    doc: 'The key this gateway uses at the Gemini API for the models `google/...`.',
    secret: true,
  },
  geminiBaseUrl: {
    env: 'GEMINI_BASE_URL',
    schema: baseUrl,
    default: 'https://generativelanguage.googleapis.com/v1beta',
    form: 'an http or https URL without credentials, query or fragment',
    example: 'https://generativelanguage.googleapis.com/v1beta',
    doc: 'Where the models `google/...` are served. The key is sent there and nowhere else.',
  },
} satisfies Settings;
