import type { EditParameters, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { ImageFacts, ImageFormat } from '../core/image.ts';
import type { Recipe } from '../images/index.ts';
import { carryOut, toOperations } from './carry-out.ts';
import { fitTo, readTarget } from './fit.ts';
import { reshapes } from './geometry.ts';
import { warnOfOutput } from './notices.ts';
import { isSameSize, type Size, showSize } from './size.ts';
import type { Canvas, Instruction } from './step.ts';
import { checkUndone } from './undoing.ts';

export interface PlanSubject {
  image: Pick<ImageFacts, 'orientedWidth' | 'orientedHeight' | 'hasAlpha'>;
  /** Whether a mask confines the edit. */
  masked: boolean;
  parameters: Pick<EditParameters, 'size' | 'background' | 'output_format' | 'output_compression'>;
  /** Whether nothing of the picture may be cut off to reach `size`. */
  whole?: boolean;
}

export interface EditPlan {
  recipe: Recipe;
  warnings: readonly Warning[];
  /** Whether a step turns, cuts or scales the picture. */
  reshaped: boolean;
}

/**
 * What the lab is to do with the picture. `size` absent or `auto` is the size that the steps give.
 * @throws RetouchError mask_not_supported, image_dimensions_too_large, invalid_value, instruction_not_understood
 */
export function planEdit(instructions: readonly Instruction[], subject: PlanSubject): EditPlan {
  const { image, masked, parameters, whole = false } = subject;
  const output = toOutput(parameters);
  const start: Canvas = {
    ...{ width: image.orientedWidth, height: image.orientedHeight },
    background: output.alpha === 'opaque' ? '#ffffff' : 'transparent',
  };
  const target = readTarget(parameters);
  const asked = carryOut(instructions, start, masked);
  checkUndone(asked.deeds, start);
  if (target && masked) checkUnchanged(target, asked.canvas);
  const { operations, warnings } =
    target && !masked
      ? fitTo(target, asked, { start, whole })
      : { operations: toOperations(asked), warnings: asked.warnings };
  return {
    recipe: { operations, background: start.background, output },
    warnings: [
      ...warnings,
      ...warnOfOutput({ image, masked, parameters, format: output.format, operations }),
    ],
    reshaped: toOperations(asked).some(reshapes),
  };
}

function toOutput({
  background,
  output_format = 'png',
  output_compression = 100,
}: PlanSubject['parameters']): Recipe['output'] {
  const format = output_format as ImageFormat;
  return {
    format,
    ...(format !== 'png' && { compression: output_compression }),
    alpha: background === 'opaque' || format === 'jpeg' ? 'opaque' : 'keep',
  };
}

function checkUnchanged(target: Size, canvas: Size): void {
  if (isSameSize(target, canvas)) return;
  throw new RetouchError(
    'mask_not_supported',
    `size=${showSize(target)} would change pixels outside the mask: the picture is ${showSize(canvas)}. ` +
      'Leave out size, or the mask.',
    { param: 'mask' },
  );
}
