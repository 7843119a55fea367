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

/** A picture that is elsewhere. Once it is here, it must be smaller than `limit` bytes. */
export interface LinkedPicture {
  name: string;
  url: string;
  limit: number;
}

export type FoundPicture = RawPicture | LinkedPicture;

/**
 * Gets a picture here if it is elsewhere. The pictures of a request are best given one right after the other: before a
 * link is followed, all that were given by then are waited for. @throws RetouchError
 */
export type Follow = (reading: Promise<FoundPicture>) => Promise<RawPicture>;

/** The scheme of a data URL must end in them; a name of 255 bytes has its place in it, also percent-encoded. */
const headBytes = 1024;
/** Far more than any link may have, so that what had to be cut is refused as too long. */
const maxLinkBytes = 32 * 1024;

/** Bytes of a form's part: a picture, or else text that stands for one. @throws RetouchError */
export async function readPicturePart(name: string, bytes: Bytes, limit: number): Promise<FoundPicture> {
  if (/^\s*(?:data:|[a-z][a-z\d+.-]*:\/\/)/i.test(await readHead(bytes))) {
    return readPictureText(name, bytes, limit);
  }
  return checkLength({ name, content: { encoding: 'binary', bytes }, byteLength: bytes.size }, limit);
}

/** Text that stands for a picture: a data URL, a link, or base64 alone. @throws RetouchError */
export async function readPictureText(name: string, text: Bytes, limit: number): Promise<FoundPicture> {
  const head = await readHead(text);
  if (/^\s*(?!data:)[a-z][a-z\d+.-]*:/i.test(head)) {
    const url = await readAll(toRange(text, 0, Math.min(text.size, maxLinkBytes)), maxLinkBytes);
    return { name, url: url.toString(), limit };
  }
  const scheme = /^\s*data:/i.test(head) ? /^\s*data:[^,]*;base64,/i.exec(head)?.[0] : '';
  if (scheme === undefined) {
    const isCut = !head.includes(',') && text.size > headBytes;
    const fault = isCut
      ? `has more than ${headBytes} characters before its first comma`
      : 'does not say ";base64,"';
    throw new RetouchError('invalid_value', `'${name}' is a data URL that ${fault}.`, { param: name });
  }
  const bytes = toRange(text, scheme.length, text.size);
  const byteLength = await measureBase64(name, bytes);
  return checkLength({ name, content: { encoding: 'base64', bytes }, byteLength }, limit);
}

/** What the link led to. @throws RetouchError */
export function toFollowed({ name, limit }: LinkedPicture, bytes: Bytes): RawPicture {
  return checkLength({ name, content: { encoding: 'binary', bytes }, byteLength: bytes.size }, limit);
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
