import { toBytes } from '../../core/bytes.ts';
import type { InputImage } from '../../core/image.ts';

/** One grey pixel as PNG. */
const bytes = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOoaJoIAAMBAYyU3MaTAAAAAElFTkSuQmCC',
  'base64',
);

/** What is painted on where a chat brings no picture. */
export const blank: InputImage = {
  name: 'image',
  content: { encoding: 'binary', bytes: toBytes(bytes) },
  facts: {
    ...{ format: 'png', width: 1, height: 1, orientedWidth: 1, orientedHeight: 1, orientation: 1 },
    ...{ hasAlpha: false, progressive: false, frames: 1 },
  },
  byteLength: bytes.length,
};
