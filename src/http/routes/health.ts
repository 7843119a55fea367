import type { FastifyReply, FastifyRequest } from 'fastify';

/** `GET /healthz`: the process answers. */
export async function health(): Promise<object> {
  return { status: 'ok' };
}

/** `GET /readyz`: new work is taken. 503 while starting and stopping. */
export function readiness(isReady: () => boolean) {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<object> => {
    if (isReady()) return { status: 'ready' };
    reply.code(503);
    return { status: 'stopping' };
  };
}
