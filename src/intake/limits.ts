import { RetouchError } from '../core/errors.ts';

/** A text field's length in bytes: above any prompt, also one whose every character JSON escapes with twelve. */
export const maxTextBytes = 512 * 1024;
/** What a vendor wants back with a picture of its own, as it stands in the body. */
export const maxSignatureBytes = 4 * 1024 * 1024;
/** The long texts of a conversation together. */
export const maxTextsBytes = 2 * 1024 * 1024;
/** Text fields of one body, list entries counted one by one. */
export const maxTexts = 64;
export const maxImages = 16;

export interface PictureLimits {
  maxImageBytes: number;
  maxMaskBytes: number;
}

export function toTextTooLong(param: string, maxBytes = maxTextBytes): RetouchError {
  return new RetouchError('request_too_large', `'${param}' is longer than ${maxBytes} bytes.`, { param });
}

export function toTooManyTexts(): RetouchError {
  return new RetouchError('too_many_fields', `The body has more than ${maxTexts} text fields.`);
}

export function toTooManyImages(param: string): RetouchError {
  return new RetouchError(
    'too_many_images',
    `There are more than ${maxImages} pictures; an edit takes 1 to ${maxImages}.`,
    {
      param,
    },
  );
}

/** A picture must be smaller than `limit` bytes. */
export function toPictureTooLarge(name: string, limit: number): RetouchError {
  const megabytes = Math.round((limit / 1024 / 1024) * 10) / 10;
  const what = `'${name}' is too large: it must be smaller than ${limit} bytes (${megabytes} MB).`;
  return new RetouchError('image_too_large', `${what} Send a smaller picture.`, { param: name });
}
