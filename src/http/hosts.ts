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
  const own = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  if (allowedHosts) return new Set([...allowedHosts.map((name) => name.toLowerCase()), ...own, ...loopback]);
  return loopback.has(host) ? new Set([...loopback, ...own]) : undefined;
}

function toHostName(header: string): string | undefined {
  const url = URL.parse(`http://${header}`);
  return url?.hostname.replace(/^\[|\]$/g, '');
}
