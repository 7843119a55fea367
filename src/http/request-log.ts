import type { FastifyInstance } from 'fastify';
import type { HttpParts } from './parts.ts';

/** A key that somebody wrote into the address. */
const keyPattern = /rt_(?:live|test|admin)_\w+/gi;

/** One line per request: what came, what was answered, how long it took. No query: links carry signatures. */
export function logRequests(app: FastifyInstance, { log }: HttpParts): void {
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.replace(/\?.*/s, '').replace(keyPattern, '[a key]').slice(0, 200);
    log.info(
      {
        requestId: request.id,
        method: request.method,
        path,
        status: reply.raw.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        model: reply.raw.getHeader('retouch-model'),
      },
      `${request.method} ${path}`,
    );
  });
}
