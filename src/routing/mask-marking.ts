import type { OpenSpool } from '../core/bytes.ts';
import type { EditRequest } from '../core/edit.ts';
import type { InputImage } from '../core/image.ts';
import type { Lab, Recipe } from '../images/index.ts';

const colour = '#ff00ff';

/** Tints what the mask opens and nothing else, because the mask confines it. */
const recipe: Recipe = {
  operations: [{ op: 'tint', colour, opacity: 0.6 }],
  background: 'transparent',
  output: { format: 'png', alpha: 'keep' },
};

/** How a model that takes no mask is told of one. */
export interface Marking {
  /** The first picture with the region painted over, to be sent after the others. */
  image?: InputImage;
  note: string;
}

/** @throws RetouchError of the lab */
export async function markRegion(
  lab: Lab,
  { images, mask }: EditRequest,
  maxImages: number,
  { openSpool, signal }: { openSpool: OpenSpool; signal: AbortSignal },
): Promise<Marking> {
  const [first] = images;
  const same = 'Leave everything else exactly as it is, in the same place and of the same size.';
  if (!first || !mask || images.length >= maxImages) {
    return { note: `Change only the region that this is about. ${same}` };
  }
  const marked = await lab.render({
    ...{ image: first.content, imageName: first.name, mask: mask.content, recipe, openSpool, signal },
  });
  const { width, height, hasAlpha, content } = marked;
  const facts = {
    ...({ format: 'png', width, height, hasAlpha, orientedWidth: width, orientedHeight: height } as const),
    ...{ orientation: 1, progressive: false, frames: 1 },
  };
  return {
    image: { name: 'marked copy', content, facts, byteLength: content.bytes.size },
    note:
      `The last picture is a copy of the first in which the region to change is painted magenta. ` +
      `Change only that region of the first picture, and paint nothing magenta. ${same}`,
  };
}
