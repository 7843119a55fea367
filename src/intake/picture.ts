import { type Bytes, type Content, readAll, toRange } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import { measureBase64 } from './base64.ts';
import { toPictureTooLarge } from './limits.ts';

/** A picture as it arrived; what is in it was not looked at yet. */
export interface RawPicture {
  /** What errors call it: `image[3]`, `mask`. */
  name: string;
  content: Content;
  /** Of the picture itself, not of its base64 text. */
  byteLength: number;
}

const headBytes = 256;

/** Bytes of a form's part: a picture, or else text that stands for one. @throws RetouchError */
export async function readPicturePart(name: string, bytes: Bytes, limit: number): Promise<RawPicture> {
  if (/^(?:data:|https?:\/\/)/i.test(await readHead(bytes))) return readPictureText(name, bytes, limit);
  return checkLength({ name, content: { encoding: 'binary', bytes }, byteLength: bytes.size }, limit);
}

/** Text that stands for a picture: a data URL, or base64 alone. @throws RetouchError */
export async function readPictureText(name: string, text: Bytes, limit: number): Promise<RawPicture> {
  const head = await readHead(text);
  if (/^https?:\/\//i.test(head)) {
    throw new RetouchError(
      'image_url_not_supported',
      `'${name}' is a link. This gateway does not fetch pictures yet: send the bytes, or a data URL.`,
      { param: name },
    );
  }
  const scheme = /^data:/i.test(head) ? /^data:[^,]*;base64,/i.exec(head)?.[0] : '';
  if (scheme === undefined) {
    throw new RetouchError('invalid_value', `'${name}' is a data URL that does not say ";base64,".`, {
      param: name,
    });
  }
  const bytes = toRange(text, scheme.length, text.size);
  const byteLength = await measureBase64(name, bytes);
  return checkLength({ name, content: { encoding: 'base64', bytes }, byteLength }, limit);
}

async function readHead(bytes: Bytes): Promise<string> {
  const head = toRange(bytes, 0, Math.min(bytes.size, headBytes));
  return (await readAll(head, headBytes)).toString('latin1');
}

function checkLength(picture: RawPicture, limit: number): RawPicture {
  const { name, byteLength } = picture;
  if (byteLength >= limit) throw toPictureTooLarge(name, limit);
  if (byteLength > 0) return picture;
  throw new RetouchError(
    'invalid_image_file',
    `'${name}' is empty: expected the bytes of a PNG, JPEG or WebP.`,
    {
      param: name,
    },
  );
}
