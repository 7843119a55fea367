import type { FastifyRequest } from 'fastify';
import { toModelList, toPublicModel } from '../../wire/index.ts';
import type { HttpParts } from '../parts.ts';

/** `GET /models` */
export function listModels({ catalog }: HttpParts) {
  return async (): Promise<object> => toModelList(catalog.list());
}

/** `GET /models/{id}`, whose slash may be written as `%2F` or as it is. */
export function getModel({ catalog }: HttpParts) {
  return async (request: FastifyRequest): Promise<object> => {
    const { '*': id } = request.params as { '*': string };
    return toPublicModel(catalog.get(id));
  };
}
