import type { EditParameters, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Operation } from '../images/index.ts';
import { type CarriedOut, carryOut, type Deed, toOperations } from './carry-out.ts';
import { isFinish, reshapes, setsSize } from './geometry.ts';
import { checkLimits } from './limits.ts';
import { warnOfCut } from './notices.ts';
import { compareShapes, isSameSize, type Size, showSize } from './size.ts';
import type { Canvas } from './step.ts';

export interface Fitted {
  operations: readonly Operation[];
  warnings: readonly Warning[];
}

/** So little of a side may be cut off even where the whole is to be seen: it is less than any margin. */
const maxCut = 0.01;

type ResizeTo = Extract<Operation, { op: 'resize' }> & Size;

export interface FitWishes {
  start: Canvas;
  /** Nothing may be cut off: what another shape leaves free is filled. */
  whole: boolean;
}

/** What `size` asks for; undefined: the size that the steps give. @throws RetouchError image_dimensions_too_large */
export function readTarget({ size = 'auto' }: Pick<EditParameters, 'size'>): Size | undefined {
  const [, width, height] = /^(\d+)x(\d+)$/v.exec(size)?.map(Number) ?? [];
  if (width === undefined || height === undefined) return undefined;
  checkLimits({ width, height }, `size=${size}`, 'size');
  return { width, height };
}

/**
 * Brings the picture to a size. What is laid on at the end (borders, captions, rounded corners) comes after that, so
 * that it is whole and as large as was said: the picture is made smaller by what a border adds.
 * @throws RetouchError invalid_value, where a border leaves no room for the picture
 */
export function fitTo(target: Size, { deeds }: CarriedOut, { start, whole }: FitWishes): Fitted {
  const at = findFinish(deeds);
  const instructions = deeds.map(({ instruction }) => instruction);
  const before = carryOut(instructions.slice(0, at), start, false);
  const finish = finishTo(target, (canvas) => carryOut(instructions.slice(at), canvas, false), before.canvas);
  const steps = toOperations(before);
  // What was laid on before the picture was turned or cut again can lie anywhere in it.
  const isWhole = whole || steps.some(isFinish);
  const fit = isWhole && compareShapes(before.canvas, finish.inner) > maxCut ? 'contain' : 'cover';
  const resize: ResizeTo = { op: 'resize', ...finish.inner, fit };
  return {
    operations: [...steps, resize, ...toOperations(finish.done)],
    warnings: [...before.warnings, ...warnOfFit(resize, before.canvas, steps), ...finish.done.warnings],
  };
}

/** The first of the finishing instructions after which nothing moves any more. */
function findFinish(deeds: readonly Deed[]): number {
  const lastMove = deeds.findLastIndex(({ operations }) => operations.some(reshapes));
  const first = deeds.findIndex(({ operations }, index) => index > lastMove && operations.some(isFinish));
  return first === -1 ? deeds.length : first;
}

const guesses = 5;

/** Lengths said as a share depend on the picture's size, and that on the lengths: each guess is nearer than the last. */
function finishTo(target: Size, finish: (canvas: Canvas) => CarriedOut, canvas: Canvas) {
  let inner = target;
  let done = finish({ ...canvas, ...inner });
  for (let guess = 0; guess < guesses; guess += 1) {
    inner = toInner(target, inner, done.canvas);
    done = finish({ ...canvas, ...inner });
  }
  // The lengths are settled now, and what they leave is the picture's.
  return { done, inner: toInner(target, inner, done.canvas) };
}

function toInner(target: Size, inner: Size, outer: Size): Size {
  const width = target.width - (outer.width - inner.width);
  const height = target.height - (outer.height - inner.height);
  if (width > 0 && height > 0) return { width, height };
  throw new RetouchError(
    'invalid_value',
    `size=${showSize(target)} leaves no room for the picture inside its border. Ask for a larger size or a thinner border.`,
    { param: 'prompt' },
  );
}

function warnOfFit(resize: ResizeTo, before: Size, steps: readonly Operation[]): Warning[] {
  const cut = warnOfCut(resize, before, 'size');
  if (cut.length > 0 || isSameSize(before, resize) || !steps.some(setsSize)) return cut;
  return [
    {
      param: 'size',
      message: `The steps give ${showSize(before)}, which was scaled to ${showSize(resize)}.`,
    },
  ];
}
