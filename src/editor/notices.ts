import type { EditParameters, Warning } from '../core/edit.ts';
import type { ImageFacts, ImageFormat } from '../core/image.ts';
import type { Operation } from '../images/index.ts';
import { aimsAtSize, opensBackground, toSizeAfter } from './geometry.ts';
import { quote } from './refusal.ts';
import { isSameSize, type Size, showSize } from './size.ts';

/** Where a picture has another shape than the box it is brought to: what fills the box costs its edges, or adds some. */
export function warnOfCut(operation: Operation, before: Size, param: string): Warning[] {
  if (operation.op !== 'resize' || operation.fit === 'fill') return [];
  const { width, height } = operation;
  if (width === undefined || height === undefined || hasShapeOf(before, { width, height })) return [];
  const done = operation.fit === 'cover' ? 'the edges were cut off' : 'room was added at the edges';
  const message = `${showSize(before)} has another shape than ${showSize({ width, height })}: ${done}.`;
  return [{ param, message }];
}

/** Within a pixel, which rounding costs. */
function hasShapeOf(one: Size, other: Size): boolean {
  return Math.abs((other.width * one.height) / one.width - other.height) <= 1;
}

/** Where the picture is already what a step is to make of it. */
export function warnOfNothing(operation: Operation, before: Size, words: string): Warning[] {
  if (!aimsAtSize(operation) || !isSameSize(toSizeAfter(operation, before), before)) return [];
  return [
    {
      param: 'prompt',
      message: `${quote(words)} changed nothing: the picture was ${showSize(before)} already.`,
    },
  ];
}

/** Where corners were to be rounder than round. */
export function warnOfRadius(operation: Operation, before: Size, words: string): Warning[] {
  if (operation.op !== 'round-corners') return [];
  const most = Math.min(before.width, before.height) / 2;
  if (operation.radius <= most) return [];
  const message = `${quote(words)} became ${most} px, half the short side of ${showSize(before)}.`;
  return [{ param: 'prompt', message }];
}

export interface Outcome {
  image: Pick<ImageFacts, 'hasAlpha'>;
  masked: boolean;
  parameters: Pick<EditParameters, 'background'>;
  format: ImageFormat;
  operations: readonly Operation[];
}

/** What the result's format and its transparency are not. */
export function warnOfOutput({ image, masked, parameters, format, operations }: Outcome): Warning[] {
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
