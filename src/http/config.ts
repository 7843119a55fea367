import { z } from 'zod';
import { type Setting, type Settings, text, wholeNumber } from '../core/setting.ts';

const host: Setting<string> = {
  env: 'RETOUCH_HOST',
  schema: z.string().trim().min(1),
  default: '127.0.0.1',
  form: 'an address of this machine, or a host name',
  example: '0.0.0.0',
  doc: 'Where to listen. On an address other than loopback, put TLS in front.',
};

const port: Setting<number> = {
  env: 'RETOUCH_PORT',
  schema: wholeNumber(0, 65_535),
  default: 8787,
  form: 'a whole number from 0 to 65535 (0: any free port)',
  example: '8080',
  doc: 'The port to listen on.',
};

const publicUrl: Setting<string | undefined> = {
  env: 'RETOUCH_PUBLIC_URL',
  schema: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  default: undefined,
  form: 'an http or https address',
  example: 'https://retouch.example.com',
  doc: 'The address under which callers reach this gateway; links to results start with it. Default: where it listens.',
};

const allowedHosts: Setting<readonly string[] | undefined> = {
  env: 'RETOUCH_ALLOWED_HOSTS',
  schema: text().transform((list) => (list ?? '').split(/[\s,]+/).filter((name) => name !== '')),
  default: undefined,
  form: 'host names separated by commas',
  example: 'retouch.lan,retouch.example.com',
  doc: 'Names that the `Host` header may have. Default: on loopback only loopback names and the public URL (so that a web page cannot reach in), elsewhere any.',
};

const drainMs: Setting<number> = {
  env: 'RETOUCH_DRAIN_MS',
  schema: wholeNumber(0, 3_600_000),
  default: 120_000,
  form: 'a whole number of milliseconds up to 3600000',
  example: '30000',
  doc: 'How long running edits may take to finish after SIGTERM or SIGINT.',
};

export const httpSettings = { host, port, publicUrl, allowedHosts, drainMs } satisfies Settings;
