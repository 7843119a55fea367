import type { EditCall, EditRequest } from '../core/edit.ts';
import type { ImageFormat, InputImage } from '../core/image.ts';
import type { Model } from '../core/model.ts';
import type { Lab, Recipe, RenderedImage } from '../images/index.ts';
import type { Box } from './box.ts';
import { toBox } from './fit-mask.ts';
import { toMargins } from './frame.ts';
import type { Work } from './work.ts';

const toRecipe = (operations: Recipe['operations'], output: Recipe['output']): Recipe => ({
  ...{ operations, output, background: '#ffffff' },
});
/** Tints what the mask opens and nothing else, because the mask confines it. It is looked at, not edited. */
const marking = toRecipe([{ op: 'tint', colour: '#ff00ff', opacity: 0.6 }], {
  ...{ format: 'jpeg', compression: 80, alpha: 'opaque' },
});

/** Neither black nor white, which a picture may well have at its edge. */
const marginColour = '#808080';

const same = 'Leave everything else exactly as it is, in the same place and of the same size.';
const notes = {
  marked:
    'The last picture is a copy of the first in which the region to change is painted magenta. ' +
    `Change only that region of the first picture, and paint nothing magenta. ${same}`,
  unmarked: `Change only the region that this is about. ${same}`,
  framed: 'The plain grey margins around the first picture are to stay plain grey.',
};

interface Masked {
  first: InputImage;
  mask: InputImage;
}

/**
 * What the model is to see of an edit whose mask this gateway holds. The mask is laid on the picture even where the
 * model takes it as it is: one that does not fit, or cannot be read, is found before anything is paid for.
 * @param frame the picture's size with margins, where it needs some
 * @throws RetouchError of the lab
 */
export async function markRegion(
  lab: Lab,
  model: Model,
  { request, frame }: { request: EditRequest; frame?: Box | undefined },
  work: Work,
): Promise<Pick<EditCall, 'request' | 'instructionNote'>> {
  const [given, ...others] = request.images;
  if (!given || !request.mask) return { request };
  const asGiven = { first: given, mask: request.mask };
  const { first, mask } = frame ? await addMargins(lab, asGiven, frame, work) : asGiven;
  const base = first.facts.hasAlpha ? await flatten(lab, first, work) : first.content;
  const marked = await lab.render({
    ...{ image: base, imageName: first.name, mask: mask.content, recipe: marking, ...work },
  });
  const framed = { ...request, mask, images: [first, ...others] };
  const note = (text: string): string => (frame ? `${text} ${notes.framed}` : text);
  if (model.mask !== 'none') return { request: framed };
  const images = [await turnUpright(lab, first, work), ...others];
  if (images.length === model.maxImages) {
    return { request: { ...framed, images }, instructionNote: note(notes.unmarked) };
  }
  images.push(toInputImage('marked copy', marked));
  return { request: { ...framed, images }, instructionNote: note(notes.marked) };
}

/** Nothing may change in the margins. */
async function addMargins(lab: Lab, { first, mask }: Masked, frame: Box, work: Work): Promise<Masked> {
  const pad = async ({ name, content, facts }: InputImage, format: ImageFormat, colour: string) => {
    const recipe = toRecipe([toMargins(toBox(facts), frame, colour)], {
      ...{ format, compression: 95, alpha: 'keep' },
    });
    return toInputImage(name, await lab.render({ image: content, imageName: name, recipe, ...work }));
  };
  return {
    first: await pad(first, first.facts.format, marginColour),
    mask: await pad(mask, 'png', '#000000'),
  };
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

/** What the lab made, as something to be sent. */
export function toInputImage(
  name: string,
  { content, width, height, hasAlpha, format }: RenderedImage,
): InputImage {
  const facts = {
    ...{ format, width, height, hasAlpha, orientedWidth: width, orientedHeight: height },
    ...{ orientation: 1, progressive: false, frames: 1 },
  };
  return { name, content, facts, byteLength: content.bytes.size };
}
