import type { FastifyReply, FastifyRequest } from 'fastify';
import { readKeyChanges, readKeyPage, readNewKey, toPublicKey, toPublicKeyList } from '../../access/index.ts';
import { RetouchError } from '../../core/errors.ts';
import { readAdminBody } from '../admin-body.ts';
import type { HttpParts } from '../parts.ts';

const toId = (request: FastifyRequest): string => (request.params as { id: string }).id;

/** @throws RetouchError invalid_value */
function checkModels(catalog: HttpParts['catalog'], names: readonly string[] | null | undefined): void {
  for (const name of names ?? []) {
    try {
      catalog.get(name);
    } catch (error) {
      if (!(error instanceof RetouchError)) throw error;
      throw new RetouchError('invalid_value', error.message, { param: 'models' });
    }
  }
}

/** `POST /admin/v1/keys` → 201; the only answer that has the key itself. */
export function createKey({ access, clock, catalog }: HttpParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<object> => {
    const wishes = readNewKey(await readAdminBody(request), clock());
    checkModels(catalog, wishes.models);
    const { record, key } = await access.keys.create(wishes);
    reply.code(201).header('cache-control', 'no-store');
    return { ...toPublicKey(record), key };
  };
}

/** `GET /admin/v1/keys?limit&after`, newest first. */
export function listKeys({ access }: HttpParts) {
  return async (request: FastifyRequest): Promise<object> =>
    toPublicKeyList(await access.keys.list(readKeyPage(request.query)));
}

/** `GET /admin/v1/keys/{id}` */
export function getKey({ access }: HttpParts) {
  return async (request: FastifyRequest): Promise<object> =>
    toPublicKey(await access.keys.get(toId(request)));
}

/** `PATCH /admin/v1/keys/{id}` with name, models or expires_at. */
export function updateKey({ access, clock, catalog }: HttpParts) {
  return async (request: FastifyRequest): Promise<object> => {
    const changes = readKeyChanges(await readAdminBody(request), clock());
    checkModels(catalog, changes.models);
    return toPublicKey(await access.keys.update(toId(request), changes));
  };
}

/** `DELETE /admin/v1/keys/{id}`: the key stays listed, with the time it was revoked. */
export function revokeKey({ access }: HttpParts) {
  return async (request: FastifyRequest): Promise<object> =>
    toPublicKey(await access.keys.revoke(toId(request)));
}
