import { baseUrl, headerText, type Setting, type Settings } from '../../core/setting.ts';

const optional = (env: string, example: string, doc: string): Setting<string | undefined> => ({
  env,
  schema: headerText,
  default: undefined,
  form: 'printable ASCII without spaces',
  example,
  doc,
});

export const openaiSettings = {
  openaiApiKey: {
    ...optional(
      'OPENAI_API_KEY',
      'sk-proj-...',
      'The key this gateway uses at OpenAI for the models `openai/...`.',
    ),
    secret: true,
  },
  openaiBaseUrl: {
    env: 'OPENAI_BASE_URL',
    schema: baseUrl,
    default: 'https://api.openai.com/v1',
    form: 'an http or https URL without credentials, query or fragment',
    example: 'https://api.openai.com/v1',
    doc: 'Where the models `openai/...` are served. The key is sent there and nowhere else.',
  },
  openaiOrganization: optional(
    'OPENAI_ORGANIZATION',
    'org-...',
    'Sent as `OpenAI-Organization`, for keys that belong to several.',
  ),
  openaiProject: optional(
    'OPENAI_PROJECT',
    'proj_...',
    'Sent as `OpenAI-Project`, for keys that belong to several.',
  ),
} satisfies Settings;
