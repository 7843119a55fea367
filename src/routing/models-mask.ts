import type { EditRequest } from '../core/edit.ts';
import type { Model } from '../core/model.ts';
import type { Lab } from '../images/index.ts';
import { toInputImage } from './mask-marking.ts';
import type { Work } from './work.ts';

/**
 * The request with its mask as the model takes it: callers say by alpha where a picture may change, some vendors want it
 * white or black there. This is the only place that turns one into the other.
 * @throws RetouchError of the lab
 */
export async function toModelsMask(
  lab: Lab,
  model: Model,
  request: EditRequest,
  work: Work,
): Promise<EditRequest> {
  const { mask } = request;
  if (!mask || model.mask === 'alpha' || model.mask === 'none') return request;
  const edit = model.mask === 'luma-white' ? 'white' : 'black';
  const rendered = await lab.render({
    ...{ image: mask.content, imageName: mask.name, ...work },
    recipe: {
      operations: [{ op: 'mask-to-grey', edit }],
      background: '#ffffff',
      output: { format: 'png', alpha: 'opaque' },
    },
  });
  return { ...request, mask: toInputImage(mask.name, rendered) };
}
