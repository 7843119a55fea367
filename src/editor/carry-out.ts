import type { Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Operation } from '../images/index.ts';
import { movesPixels, toSizeAfter } from './geometry.ts';
import { checkLimits } from './limits.ts';
import { warnOfCut, warnOfNothing, warnOfRadius } from './notices.ts';
import { quote, withExamples } from './refusal.ts';
import type { Canvas, Instruction } from './step.ts';

/** What one instruction comes to. */
export interface Deed {
  instruction: Instruction;
  operations: readonly Operation[];
}

export interface CarriedOut {
  deeds: readonly Deed[];
  /** The picture after the last of them. */
  canvas: Canvas;
  warnings: readonly Warning[];
}

/**
 * Turns instructions into operations, each on the picture that the one before left.
 * @throws RetouchError mask_not_supported, image_dimensions_too_large, instruction_not_understood
 */
export function carryOut(instructions: readonly Instruction[], start: Canvas, masked: boolean): CarriedOut {
  const deeds: Deed[] = [];
  const warnings: Warning[] = [];
  let canvas = start;
  for (const instruction of instructions) {
    const { order } = instruction;
    const operations = toStepOperations(instruction, canvas);
    for (const operation of operations) {
      if (masked && movesPixels(operation)) throw unmaskable(instruction);
      const after = toSizeAfter(operation, canvas);
      checkLimits(after, quote(order.words), 'prompt');
      warnings.push(
        ...warnOfCut(operation, canvas, 'prompt'),
        ...warnOfNothing(operation, canvas, order.words),
        ...warnOfRadius(operation, canvas, order.words),
      );
      canvas = { ...canvas, ...after };
    }
    deeds.push({ instruction, operations });
  }
  return { deeds, canvas, warnings };
}

const shownExamples = 3;

function toStepOperations({ step, order }: Instruction, canvas: Canvas): readonly Operation[] {
  try {
    return step.toOperations(order, canvas);
  } catch (error) {
    const examples = step.examples.slice(0, shownExamples).map(({ say }) => say);
    throw withExamples(error, examples);
  }
}

export function toOperations({ deeds }: CarriedOut): readonly Operation[] {
  return deeds.flatMap(({ operations }) => operations);
}

function unmaskable({ step, order }: Instruction): RetouchError {
  return new RetouchError(
    'mask_not_supported',
    `A mask cannot confine ${quote(order.words)} (${step.name}): it moves pixels. Leave out the mask, or this step.`,
    { param: 'mask' },
  );
}
