import { type Setting, type Settings, wholeNumber } from '../core/setting.ts';
import { googleSettings } from './google/config.ts';
import { openaiSettings } from './openai/config.ts';

const milliseconds = (name: string, value: number, doc: string): Setting<number> => ({
  env: `RETOUCH_UPSTREAM_${name}_TIMEOUT_MS`,
  schema: wholeNumber(1, 86_400_000),
  default: value,
  form: 'a whole number of milliseconds, up to a day',
  example: String(value * 2),
  doc,
});

export const providersSettings = {
  upstreamConnectTimeoutMs: milliseconds(
    'CONNECT',
    10_000,
    'How long connecting to a vendor may take: name, TCP and TLS together.',
  ),
  upstreamHeadersTimeoutMs: milliseconds(
    'HEADERS',
    300_000,
    'How long a vendor may work on an edit before its answer begins.',
  ),
  upstreamIdleTimeoutMs: milliseconds(
    'IDLE',
    60_000,
    'How long a vendor may take no byte of a request, or send no byte of an answer that has begun.',
  ),
  upstreamTotalTimeoutMs: milliseconds('TOTAL', 600_000, 'How long one call to a vendor may take in all.'),
  upstreamMaxResponseBytes: {
    env: 'RETOUCH_UPSTREAM_MAX_RESPONSE_BYTES',
    schema: wholeNumber(1_048_576),
    default: 268_435_456,
    form: 'a whole number of bytes, at least 1048576',
    example: '536870912',
    doc: 'The longest answer that is taken from a vendor; ten pictures of 4K in base64 are about 200 MB.',
  },
  ...openaiSettings,
  ...googleSettings,
} satisfies Settings;
