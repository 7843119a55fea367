import type { EditParameters, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { ImageFacts, ImageFormat } from '../core/image.ts';
import type { Operation, Recipe } from '../images/index.ts';
import { movesPixels, opensBackground, toSizeAfter } from './geometry.ts';
import type { Instruction } from './instruction.ts';
import { quote } from './refusal.ts';
import type { Size } from './said.ts';
import type { Canvas } from './step.ts';

export interface PlanSubject {
  image: Pick<ImageFacts, 'orientedWidth' | 'orientedHeight' | 'hasAlpha'>;
  /** Whether a mask confines the edit. */
  masked: boolean;
  parameters: Pick<EditParameters, 'size' | 'background' | 'output_format' | 'output_compression'>;
}

export interface EditPlan {
  recipe: Recipe;
  warnings: readonly Warning[];
}

const maxSide = 16_384;
const maxArea = 50_000_000;

/**
 * What the lab is to do with the picture. `size` absent or `auto` is the size that the steps give.
 * @throws RetouchError mask_not_supported, image_dimensions_too_large, instruction_not_understood
 */
export function planEdit(instructions: readonly Instruction[], subject: PlanSubject): EditPlan {
  const output = toOutput(subject);
  const start = { width: subject.image.orientedWidth, height: subject.image.orientedHeight };
  const warnings: Warning[] = [];
  const operations: Operation[] = [];
  let canvas: Canvas = { ...start, background: toBackground(output) };
  for (const instruction of instructions) {
    for (const operation of instruction.step.toOperations(instruction.order, canvas)) {
      if (subject.masked && movesPixels(operation)) throw unmaskable(instruction);
      warnings.push(...warnOfCut(operation, canvas, 'prompt'));
      canvas = { ...canvas, ...toSizeAfter(operation, canvas) };
      checkLimits(canvas, quote(instruction.order.words), 'prompt');
      operations.push(operation);
    }
  }
  const fit = planFit(subject, canvas);
  if (fit) {
    warnings.push(...warnOfCut(fit, canvas, 'size'));
    operations.push(fit);
  }
  warnings.push(...warnOfOutput(subject, output, operations));
  return { recipe: { operations, background: canvas.background, output }, warnings };
}

function toOutput({ parameters }: PlanSubject): Recipe['output'] {
  const format = (parameters.output_format ?? 'png') as ImageFormat;
  return {
    format,
    ...(format !== 'png' && { compression: parameters.output_compression ?? 100 }),
    alpha: parameters.background === 'opaque' || format === 'jpeg' ? 'opaque' : 'keep',
  };
}

function toBackground(output: Recipe['output']): string {
  return output.alpha === 'opaque' ? '#ffffff' : 'transparent';
}

/** The last step, where a size was asked for. */
function planFit({ parameters, masked }: PlanSubject, canvas: Size): Operation | undefined {
  const [, width, height] = /^(\d+)x(\d+)$/v.exec(parameters.size ?? '')?.map(Number) ?? [];
  if (width === undefined || height === undefined) return undefined;
  checkLimits({ width, height }, `size=${width}x${height}`, 'size');
  if (!masked) return { op: 'resize', width, height, fit: 'cover' };
  if (width === canvas.width && height === canvas.height) return undefined;
  throw new RetouchError(
    'mask_not_supported',
    `size=${width}x${height} would change pixels outside the mask: the picture is ${canvas.width}x${canvas.height}. ` +
      'Leave out size, or the mask.',
    { param: 'mask' },
  );
}

function warnOfCut(operation: Operation, { width, height }: Size, param: string): Warning[] {
  if (operation.op !== 'resize' || operation.fit !== 'cover') return [];
  if (operation.width === undefined || operation.height === undefined) return [];
  const wantedHeight = (operation.width * height) / width;
  if (Math.abs(wantedHeight - operation.height) <= 1) return [];
  const target = `${operation.width}x${operation.height}`;
  return [{ param, message: `${width}x${height} has another shape than ${target}: the edges were cut off.` }];
}

function warnOfOutput(
  { image, masked, parameters }: PlanSubject,
  { format }: Recipe['output'],
  operations: readonly Operation[],
): Warning[] {
  const warnings: Warning[] = [];
  const hasTransparency = image.hasAlpha || operations.some(opensBackground);
  if (parameters.background === 'transparent' && !hasTransparency) {
    const message =
      'No part of the picture is transparent and no step opens one, so nothing of the result is transparent.';
    warnings.push({ param: 'background', message });
  }
  if (parameters.background !== 'opaque' && format === 'jpeg' && hasTransparency) {
    const message = 'JPEG holds no transparency: what would be transparent is white.';
    warnings.push({ param: 'output_format', message });
  }
  if (masked && format !== 'png') {
    const message = `${format} is stored with losses: only png keeps the pixels outside the mask identical.`;
    warnings.push({ param: 'output_format', message });
  }
  return warnings;
}

function unmaskable({ step, order }: Instruction): RetouchError {
  return new RetouchError(
    'mask_not_supported',
    `A mask cannot confine ${quote(order.words)} (${step.name}): it moves pixels. Leave out the mask, or this step.`,
    { param: 'mask' },
  );
}

function checkLimits({ width, height }: Size, what: string, param: string): void {
  if (width <= maxSide && height <= maxSide && width * height <= maxArea) return;
  throw new RetouchError(
    'image_dimensions_too_large',
    `${what} asks for a picture of ${width}x${height} px; the most is ${maxSide} px a side and ${maxArea} px in all.`,
    { param },
  );
}
