import type { EditParameters, Warning } from '../core/edit.ts';
import type { ImageFormat } from '../core/image.ts';
import type { Model } from '../core/model.ts';
import { type Box, readBox } from './box.ts';
import type { FittedParameters } from './fit-parameters.ts';

/** More than this is seen. */
const maxEnlargement = 1.5;

/**
 * Composing makes a new file of the answer: its format is this gateway's work, and the model's own is to be as good
 * as it can.
 * @param box the picture that is put back around the answer
 * @param frame the same with margins, where it got some
 */
export function toComposed(
  model: Model,
  { box, frame }: { box: Box; frame?: Box | undefined },
  { parameters, finish, warnings }: FittedParameters,
): FittedParameters {
  const { output_format: format = 'png', output_compression: compression, ...rest } = parameters;
  return {
    parameters: rest,
    finish: {
      format: format as ImageFormat,
      ...(compression !== undefined && { compression }),
      ...finish,
      // What is put back around the answer may be transparent, whatever the model makes.
      ...(rest.background === 'opaque' && { opaque: true }),
      mask: true,
      ...(frame && { frame }),
    },
    warnings: [...warnings, ...toWarnings(model, frame ?? box, rest)],
  };
}

function toWarnings(model: Model, box: Box, parameters: EditParameters): readonly Warning[] {
  const answer = findAnswerBox(model, parameters);
  if (!answer || box.width <= answer.width * maxEnlargement) return [];
  const [from, to] = [answer, box].map(({ width, height }) => `${width}x${height}`);
  return [{ param: 'mask', message: `The answer of ${model.id}, ${from}, was enlarged to ${to}.` }];
}

/** What size the answer will have, where the parameters tell it. */
export function findAnswerBox(
  model: Model,
  { size, aspect_ratio, image_size }: EditParameters,
): Box | undefined {
  if (size !== undefined) return readBox(size);
  const plain = aspect_ratio === undefined ? undefined : readBox(model.ratios?.[aspect_ratio] ?? '');
  const scale = image_size === undefined ? 1 : (model.imageSizes?.[image_size] ?? 1);
  return plain && { width: plain.width * scale, height: plain.height * scale };
}
