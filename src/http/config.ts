import { isIP } from 'node:net';
import { z } from 'zod';
import { baseUrl, type Setting, type Settings, wholeNumber } from '../core/setting.ts';

/** A name with digits and dots only would be an address with a mistake. */
const isHostName = (text: string): boolean =>
  isIP(text) !== 0 ||
  (/^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i.test(text) &&
    !/^[\d.]+$/.test(text));

/** As in a `Host` header: the port may be there, an IPv6 address is in brackets or bare. */
const isHostWithPort = (text: string): boolean =>
  isHostName(text) || isHostName(text.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));

const host: Setting<string> = {
  env: 'RETOUCH_HOST',
  schema: z.string().trim().refine(isHostName),
  default: '127.0.0.1',
  form: 'an IP address of this machine, or a host name, without scheme and port',
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
  schema: baseUrl,
  default: undefined,
  form: 'an http or https URL without credentials, query or fragment',
  example: 'https://retouch.example.com',
  doc: 'The address under which callers reach this gateway; links to results start with it. Where it is not set, they start with the address it listens on.',
};

const allowedHosts: Setting<readonly string[] | undefined> = {
  env: 'RETOUCH_ALLOWED_HOSTS',
  schema: z
    .string()
    .transform((list) => list.split(/[\s,]+/).filter((name) => name !== ''))
    .refine((names) => names.length > 0 && names.every(isHostWithPort)),
  default: undefined,
  form: 'host names separated by commas',
  example: 'retouch.lan,retouch.example.com',
  doc: 'Names that the `Host` header may have. Where it is not set: on loopback only loopback names and the public URL (so that a web page cannot reach in), elsewhere any.',
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
