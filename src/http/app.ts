import fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify';
import { RetouchError } from '../core/errors.ts';
import { StartFault } from '../core/start-fault.ts';
import { drain } from '../intake/index.ts';
import { toBaseUrl } from './base-url.ts';
import { checkHeaders, createBrokenRequests } from './broken-requests.ts';
import { authenticateAdmin, authenticateCaller } from './callers.ts';
import { sendError } from './error-response.ts';
import { checkHost } from './hosts.ts';
import { createInFlight } from './in-flight.ts';
import type { HttpParts, RouteParts } from './parts.ts';
import { createRequestId } from './request-id.ts';
import { logRequests } from './request-log.ts';
import { createKey, getKey, listKeys, revokeKey, updateKey } from './routes/admin-keys.ts';
import { chatCompletions } from './routes/chat-completions.ts';
import { health, readiness } from './routes/health.ts';
import { imageEdits } from './routes/image-edits.ts';
import { getModel, listModels } from './routes/models.ts';
import { storedImage } from './routes/stored-images.ts';

export interface Http {
  /** Resolves with the address callers use, once requests are taken. @throws StartFault */
  listen(): Promise<string>;
  /** Takes no new edits and lets the running ones finish, for as long as the operator allows. */
  drain(): Promise<void>;
  /** Ends every connection, once those whose work was cut have been told. */
  close(): Promise<void>;
}

interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  handler: RouteHandlerMethod;
  /**
   * Whose key it takes; `link`: none, its address is the permission; `work`: a caller's, and it is refused while
   * stopping. The answers of these two are waited for.
   */
  access: 'open' | 'link' | 'work' | 'admin';
}

/** Every route there is. */
function toRoutes(parts: RouteParts, isReady: () => boolean): readonly Route[] {
  const api: readonly Route[] = [
    { method: 'POST', path: '/images/edits', access: 'work', handler: imageEdits(parts) },
    { method: 'POST', path: '/chat/completions', access: 'work', handler: chatCompletions(parts) },
    // Other names are not ids, so that GET /images/edits is told its method.
    { method: 'GET', path: '/images/:id(^img_[^/]*)', access: 'link', handler: storedImage(parts) },
    { method: 'GET', path: '/models', access: 'open', handler: listModels(parts) },
    { method: 'GET', path: '/models/*', access: 'open', handler: getModel(parts) },
  ];
  return [
    ...['/api/v1', '/v1'].flatMap((base) => api.map((route) => ({ ...route, path: base + route.path }))),
    { method: 'POST', path: '/admin/v1/keys', access: 'admin', handler: createKey(parts) },
    { method: 'GET', path: '/admin/v1/keys', access: 'admin', handler: listKeys(parts) },
    { method: 'GET', path: '/admin/v1/keys/:id', access: 'admin', handler: getKey(parts) },
    { method: 'PATCH', path: '/admin/v1/keys/:id', access: 'admin', handler: updateKey(parts) },
    { method: 'DELETE', path: '/admin/v1/keys/:id', access: 'admin', handler: revokeKey(parts) },
    { method: 'GET', path: '/healthz', access: 'open', handler: health },
    { method: 'GET', path: '/readyz', access: 'open', handler: readiness(isReady) },
  ];
}

/** For an error to reach its caller. */
const farewellMs = 1_000;

/** The HTTP side of the gateway. The only room that knows the framework. */
export function createHttp(parts: HttpParts): Http {
  const { host, port, publicUrl, drainMs } = parts.config;
  const inFlight = createInFlight();
  const app = createFramework(parts);
  app.addHook('onRequest', async (_request, reply) => {
    if (inFlight.stopping) reply.raw.shouldKeepAlive = false;
  });
  let baseUrl = publicUrl ?? toBaseUrl(host, port);
  const routes = toRoutes({ ...parts, baseUrl: () => baseUrl }, () => !inFlight.stopping);
  const guards = {
    open: [],
    link: [],
    work: [inFlight.check, authenticateCaller(parts.access, inFlight.cutOff)],
    admin: [authenticateAdmin(parts.access)],
  };
  for (const { method, path, handler, access } of routes) {
    const tracked = access === 'work' || access === 'link' ? inFlight.track(handler) : handler;
    app.route({ method, url: path, handler: tracked, onRequest: guards[access] });
  }
  app.setNotFoundHandler(refuseUnknown(routes));
  return {
    async listen() {
      await app.listen({ host, port }).catch((fault) => {
        throw toListenFault(fault, host, port);
      });
      const address = app.server.address();
      if (publicUrl === undefined && typeof address === 'object' && address) {
        baseUrl = toBaseUrl(host, address.port);
      }
      return baseUrl;
    },
    async drain() {
      inFlight.stop();
      await inFlight.wait(drainMs);
      inFlight.cut();
    },
    async close() {
      await inFlight.wait(farewellMs);
      // What is not done by now is cut, and found in the ledger as unknown at the next start.
      const cut = setTimeout(() => app.server.closeAllConnections(), farewellMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

function toListenFault(fault: NodeJS.ErrnoException, host: string, port: number): unknown {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program is using it. Stop that one, or set RETOUCH_PORT to another port',
    EACCES: 'this user may not use it. Set RETOUCH_PORT to a port of 1024 or more',
    EADDRNOTAVAIL: 'this machine does not have that address. Set RETOUCH_HOST to one it has',
    ENOTFOUND: 'the name is not known. Set RETOUCH_HOST to an address of this machine',
  };
  const reason = reasons[fault.code ?? ''];
  if (!reason) return fault;
  return new StartFault(`Cannot listen on ${host}:${port}: ${reason}.`, { cause: fault });
}

function createFramework(parts: HttpParts): FastifyInstance {
  const broken = createBrokenRequests();
  const app = fastify({
    // Of a body that waits for its turn, one piece is read ahead, not two. A missing Host is told in our words.
    http: { highWaterMark: 32 * 1024, requireHostHeader: false },
    genReqId: createRequestId,
    // Uploads are held to a rate, not to a time: 800 MB over a slow line take ten minutes.
    requestTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    clientErrorHandler: broken.refuse,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply, parts.log),
    logger: false,
  });
  app.removeAllContentTypeParsers();
  // Bodies stay on the socket until the route reads them.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.addHook('onRequest', async (request, reply) => {
    broken.watch(reply.raw);
    reply.header('x-request-id', request.id);
    checkHeaders(request.raw);
  });
  app.addHook('onRequest', checkHost(parts.config));
  logRequests(app, parts);
  app.addHook('onResponse', async ({ raw }) => {
    if (raw.complete) return;
    // A body that nobody reads must not keep its connection for ever.
    await drain(raw);
    if (!raw.complete) raw.socket.destroy();
  });
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, parts.log));
  // With Expect: 100-continue a caller sends nothing until the body is wanted, that is, after authentication.
  for (const event of ['checkContinue', 'checkExpectation']) {
    app.server.on(event, (request, response) => app.server.emit('request', request, response));
  }
  return app;
}

function refuseUnknown(routes: readonly Route[]): RouteHandlerMethod {
  const patterns = routes.map(({ method, path }) => ({
    method,
    pattern: new RegExp(
      `^${path.replace(/:\w+(?:\(\^([^)]*)\))?/g, (_, own) => own ?? '[^/]+').replace(/\/\*$/, '/.+')}$`,
    ),
  }));
  return async (request, reply) => {
    const path = request.url.replace(/\?.*/s, '');
    const methods = patterns
      .filter(({ method, pattern }) => method !== request.method && pattern.test(path))
      .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const shown = `${request.method} ${path.slice(0, 200)}`;
    if (methods.length > 0) {
      reply.header('allow', methods.join(', '));
      throw new RetouchError('method_not_allowed', `No ${shown}; this route takes ${methods.join(', ')}.`);
    }
    throw new RetouchError('not_found', `No route ${shown}. The API's base is /api/v1; see /api/v1/models.`);
  };
}
