import type { OpenSpool } from '../core/bytes.ts';
import type { EditCall, EditRequest } from '../core/edit.ts';
import type { InputImage } from '../core/image.ts';
import type { Model } from '../core/model.ts';
import type { Lab, Recipe, RenderedImage } from '../images/index.ts';

interface Work {
  openSpool: OpenSpool;
  signal: AbortSignal;
}

const toRecipe = (operations: Recipe['operations'], output: Recipe['output']): Recipe => ({
  ...{ operations, output, background: '#ffffff' },
});
/** Tints what the mask opens and nothing else, because the mask confines it. It is looked at, not edited. */
const marking = toRecipe([{ op: 'tint', colour: '#ff00ff', opacity: 0.6 }], {
  ...{ format: 'jpeg', compression: 80, alpha: 'opaque' },
});

const same = 'Leave everything else exactly as it is, in the same place and of the same size.';
const notes = {
  marked:
    'The last picture is a copy of the first in which the region to change is painted magenta. ' +
    `Change only that region of the first picture, and paint nothing magenta. ${same}`,
  unmarked: `Change only the region that this is about. ${same}`,
};

/**
 * What the model is to see of an edit whose mask this gateway holds. The mask is laid on the picture even where the
 * model takes it as it is: one that does not fit, or cannot be read, is found before anything is paid for.
 * @throws RetouchError of the lab
 */
export async function markRegion(
  lab: Lab,
  model: Model,
  request: EditRequest,
  work: Work,
): Promise<Pick<EditCall, 'request' | 'instructionNote'>> {
  const [first, ...others] = request.images;
  const { mask } = request;
  if (!first || !mask) return { request };
  const base = first.facts.hasAlpha ? await flatten(lab, first, work) : first.content;
  const marked = await lab.render({
    ...{ image: base, imageName: first.name, mask: mask.content, recipe: marking, ...work },
  });
  if (model.mask !== 'none') return { request };
  const images = [await turnUpright(lab, first, work), ...others];
  if (images.length === model.maxImages) {
    return { request: { ...request, images }, instructionNote: notes.unmarked };
  }
  images.push(toInputImage('marked copy', marked));
  return { request: { ...request, images }, instructionNote: notes.marked };
}

/** Tint does not show where a picture is transparent, which may be just where it is to change. */
async function flatten(lab: Lab, { name, content }: InputImage, work: Work): Promise<InputImage['content']> {
  const recipe = toRecipe([], { format: 'png', alpha: 'opaque' });
  return (await lab.render({ image: content, imageName: name, recipe, ...work })).content;
}

/** Whether a model heeds EXIF is not known of all; one that does not would answer askew. */
async function turnUpright(lab: Lab, image: InputImage, work: Work): Promise<InputImage> {
  const { name, content, facts } = image;
  if (facts.orientation === 1) return image;
  const recipe = toRecipe([], { format: facts.format, compression: 95, alpha: 'keep' });
  return toInputImage(name, await lab.render({ image: content, imageName: name, recipe, ...work }));
}

function toInputImage(name: string, { content, width, height, hasAlpha, format }: RenderedImage): InputImage {
  const facts = {
    ...{ format, width, height, hasAlpha, orientedWidth: width, orientedHeight: height },
    ...{ orientation: 1, progressive: false, frames: 1 },
  };
  return { name, content, facts, byteLength: content.bytes.size };
}
