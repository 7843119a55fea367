import { cancellable } from '../../core/cancellable.ts';
import type { EditCall, EditOutcome } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { InputImage } from '../../core/image.ts';
import { planEdit, readInstructions } from '../../editor/index.ts';
import type { Provider } from '../contract.ts';
import { present, type StudioParts } from '../present.ts';
import { foreseeUsage } from '../tokens.ts';

export function createEdit(parts: StudioParts): Provider['edit'] {
  return (call, signal) => cancellable(signal, () => edit(parts, call, signal));
}

/** Words → steps → a recipe, which the lab renders. */
async function edit(parts: StudioParts, call: EditCall, signal: AbortSignal): Promise<EditOutcome> {
  const { request, model, parameters, openSpool } = call;
  const image = getOnlyImage(request.images);
  const instructions = readInstructions(request.prompt);
  const masked = request.mask !== undefined;
  const { recipe, warnings } = planEdit(instructions, { image: image.facts, masked, parameters });
  await call.beforeDispatch();
  const picture = await parts.lab.render({
    ...{ image: image.content, imageName: image.name, recipe, openSpool, signal },
    ...(request.mask && { mask: request.mask.content }),
  });
  return present(
    parts,
    call,
    {
      picture,
      warnings,
      toUsage: (facts, images) => foreseeUsage(model, { request, parameters, facts, images }),
    },
    signal,
  );
}

function getOnlyImage(images: readonly InputImage[]): InputImage {
  const [image, second] = images;
  if (image && !second) return image;
  throw new RetouchError(
    image ? 'too_many_images' : 'missing_required_parameter',
    `The embedded editor works on exactly one picture; ${images.length} were sent.`,
    { param: second?.name ?? 'image' },
  );
}
