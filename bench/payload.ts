import { createCipheriv } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const boundary = 'retouch-bench-6f1f0c1a';
const replyBytes = 2_000_000;

/** A multipart edit request, as pieces that share one picture in memory. */
export interface EditBody {
  contentType: string;
  byteLength: number;
  pieces: readonly Buffer[];
}

/** A request to edit `imageCount` pictures of exactly `imageBytes` bytes each. */
export function createEditBody(imageBytes: number, imageCount = 1): EditBody {
  const picture = createPng(imageBytes);
  const field = (name: string, value: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const pieces: Buffer[] = [
    Buffer.from(field('model', 'openai/gpt-image-2') + field('prompt', 'make it warmer')),
  ];
  for (let index = 0; index < imageCount; index++) {
    const name = imageCount === 1 ? 'image' : 'image[]';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${index}.png"\r\n`;
    pieces.push(Buffer.from(`${head}Content-Type: image/png\r\n\r\n`), picture, Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  const byteLength = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return { contentType: `multipart/form-data; boundary=${boundary}`, byteLength, pieces };
}

/** What the vendor answers: `body` is the whole JSON, `picture` the base64 text in it. */
export interface VendorReply {
  body: Buffer;
  picture: Buffer;
}

export function createVendorReply(): VendorReply {
  const picture = createPng(Math.floor((replyBytes - 500) / 4) * 3).toString('base64');
  const answer = {
    created: 1_790_000_000,
    background: 'opaque',
    data: [{ b64_json: picture }],
    output_format: 'png',
    quality: 'high',
    size: '1024x1024',
    usage: {
      input_tokens: 1050,
      input_tokens_details: { image_tokens: 1024, text_tokens: 26 },
      output_tokens: 4160,
      output_tokens_details: { image_tokens: 4160, text_tokens: 0 },
      total_tokens: 5210,
    },
  };
  return { body: Buffer.from(JSON.stringify(answer)), picture: Buffer.from(picture) };
}

/** A real picture of 1024 x 1024 that any program can show, brought to its length by a chunk of noise. */
export function createPng(byteLength: number): Buffer {
  const side = 1024;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((side * 3 + 1) * side));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const fixed = [signature, toChunk('IHDR', header), toChunk('IDAT', rows), toChunk('IEND', Buffer.alloc(0))];
  const missing = byteLength - fixed.reduce((sum, piece) => sum + piece.length, 0) - 12;
  if (missing < 0) throw new RangeError(`a picture of ${byteLength} bytes is too small for this bench`);
  fixed.splice(2, 0, toChunk('nOIs', createNoise(missing)));
  return Buffer.concat(fixed);
}

function toChunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), data]);
  const chunk = Buffer.alloc(typed.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  typed.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(typed), typed.length + 4);
  return chunk;
}

/** The same noise in every process, so that load and upstream need not exchange it. */
function createNoise(byteLength: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16, 2)).update(
    Buffer.alloc(byteLength),
  );
}
