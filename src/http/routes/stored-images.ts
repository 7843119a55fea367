import type { FastifyReply, FastifyRequest } from 'fastify';
import { RetouchError } from '../../core/errors.ts';
import type { HttpParts } from '../parts.ts';
import { dropStalledReader } from '../stalled-readers.ts';

/** `GET /images/{id}?expires&signature`: the signature is the permission. */
export function storedImage({ blobs, links }: HttpParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { id } = request.params as { id: string };
    const { expires, signature } = request.query as Record<string, unknown>;
    const signed = links.check(id, String(expires), String(signature));
    const blob = signed ? await blobs.find(id) : undefined;
    if (!blob) {
      throw new RetouchError(
        'image_not_found',
        'No picture under this link: it has expired, or the link is not complete. Edit again for a new one.',
      );
    }
    dropStalledReader(reply.raw);
    return reply
      .headers({
        'content-type': blob.mediaType,
        'content-length': blob.size,
        'content-disposition': `inline; filename="${id}"`,
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, max-age=300',
      })
      .send(blob.file.createReadStream());
  };
}
