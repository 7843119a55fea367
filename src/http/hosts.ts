import type { FastifyRequest } from 'fastify';
import { RetouchError } from '../core/errors.ts';
import type { HttpParts } from './parts.ts';

const loopback = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Refuses a `Host` that is not ours: else a web page could point its own name at this machine and speak to the
 * gateway through its visitor's browser (DNS rebinding).
 */
export function checkHost(config: HttpParts['config']) {
  const names = toAllowedNames(config);
  return async (request: FastifyRequest): Promise<void> => {
    if (!names) return;
    const name = toHostName(request.headers.host ?? '');
    if (name !== undefined && names.has(name)) return;
    throw new RetouchError(
      'misdirected_host',
      `The Host header names a server that is not this one. Allowed here: ${[...names].join(', ')}.`,
    );
  };
}

function toAllowedNames(config: HttpParts['config']): Set<string> | undefined {
  const { host, publicUrl, allowedHosts } = config;
  const own = publicUrl === undefined ? [] : [new URL(publicUrl).host];
  const names = [...own, ...(allowedHosts ?? [])].map((name) => toHostName(name) ?? name);
  if (allowedHosts) return new Set([...names, ...loopback]);
  return isLoopback(host) ? new Set([...loopback, host, ...names]) : undefined;
}

function isLoopback(host: string): boolean {
  return loopback.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Without the port, in lower case, an IPv6 address without its brackets. */
function toHostName(header: string): string | undefined {
  if (/[@/\\?#]/.test(header)) return undefined;
  const url = URL.parse(`http://${header}`);
  return url?.hostname.replace(/^\[|\]$/g, '');
}
