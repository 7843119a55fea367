import { toBase64 } from '../core/bytes.ts';
import type { EditRequest, Turn } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { InputImage } from '../core/image.ts';
import type { Lab } from '../images/index.ts';
import { toInputImage } from './mask-marking.ts';
import type { Work } from './work.ts';

/** Smaller pictures take more bytes for each pixel than large ones. */
const margin = 0.9;
const maxRounds = 3;

/** Of all pictures of the request, as they stand in JSON. */
export function sumInlineBytes(images: readonly InputImage[]): number {
  return images.reduce((sum, { content }) => sum + toBase64(content).size, 0);
}

/**
 * The request with its pictures made smaller, all by as much, until together they are within `maxBytes` as base64.
 * @throws RetouchError request_too_large where even that is not enough, and those of the lab
 */
export async function fitPictures(
  lab: Lab,
  request: EditRequest,
  maxBytes: number,
  work: Work,
): Promise<EditRequest> {
  let images = request.images;
  for (let round = 0; sumInlineBytes(images) > maxBytes; round += 1) {
    if (round === maxRounds) throw toTooLarge(maxBytes);
    const factor = Math.sqrt(maxBytes / sumInlineBytes(images)) * margin;
    const smaller: InputImage[] = [];
    // One after another: they are large, and the lab has others to serve.
    for (const image of images) smaller.push(await shrink(lab, image, factor, work));
    images = smaller;
  }
  return replacePictures(request, images);
}

async function shrink(lab: Lab, image: InputImage, factor: number, work: Work): Promise<InputImage> {
  const { name, content, facts } = image;
  const rendered = await lab.render({
    ...{ image: content, imageName: name, ...work },
    recipe: {
      operations: [{ op: 'scale', factor }],
      background: 'transparent',
      output: { format: facts.format, compression: 90, alpha: 'keep' },
    },
  });
  return toInputImage(name, rendered);
}

/** A conversation shows its pictures where they were said. */
function replacePictures(request: EditRequest, images: readonly InputImage[]): EditRequest {
  const replaced = new Map(request.images.map((image, index) => [image, images[index] ?? image]));
  const toTurn = (turn: Turn): Turn => ({
    ...turn,
    parts: turn.parts.map((part) =>
      part.type === 'image' ? { ...part, image: replaced.get(part.image) ?? part.image } : part,
    ),
  });
  const { conversation } = request;
  return {
    ...request,
    images,
    ...(conversation && { conversation: { ...conversation, turns: conversation.turns.map(toTurn) } }),
  };
}

function toTooLarge(maxBytes: number): RetouchError {
  const message = `The pictures could not be made to fit into ${maxBytes} bytes. Send fewer or smaller ones.`;
  return new RetouchError('request_too_large', message, { param: 'image' });
}
