import type { FastifyRequest } from 'fastify';
import { RetouchError } from '../core/errors.ts';
import { createJsonOutline, JsonFault } from '../core/json-outline.ts';

const maxBytes = 65_536;
const maxMs = 10_000;

/**
 * The short JSON body of an admin request.
 * @throws RetouchError unsupported_content_type, request_too_large, invalid_json, upload_incomplete
 */
export async function readAdminBody(request: FastifyRequest): Promise<unknown> {
  const type = request.headers['content-type'] ?? 'no content type';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new RetouchError(
      'unsupported_content_type',
      `The body is ${type.slice(0, 100)}; expected application/json.`,
    );
  }
  const body = await readBytes(request);
  const outline = createJsonOutline({ maxTextBytes: maxBytes });
  try {
    outline.write(body);
    return outline.end();
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    throw new RetouchError('invalid_json', `The body is not JSON: ${fault.message}.`, { cause: fault });
  }
}

async function readBytes(request: FastifyRequest): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => request.raw.destroy(), maxMs);
  try {
    for await (const piece of request.raw as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > maxBytes) break;
      pieces.push(piece);
    }
  } catch (cause) {
    throw new RetouchError('upload_incomplete', 'The connection ended before the body did.', { cause });
  } finally {
    clearTimeout(timer);
  }
  if (size <= maxBytes) return Buffer.concat(pieces);
  throw new RetouchError('request_too_large', `The body is longer than ${maxBytes} bytes.`);
}
