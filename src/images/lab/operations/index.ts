import type { Operation } from '../../recipe.ts';
import type { Raster } from '../raster.ts';
import { blur } from './blur.ts';
import { caption } from './caption.ts';
import { contrast } from './contrast.ts';
import { cropToRatio } from './crop-to-ratio.ts';
import { cropToSize } from './crop-to-size.ts';
import { flip } from './flip.ts';
import { grayscale } from './grayscale.ts';
import { invert } from './invert.ts';
import { greyToMask, maskToGrey } from './mask-polarity.ts';
import { matrix } from './matrix.ts';
import { modulate } from './modulate.ts';
import type { Operator, Surroundings } from './operator.ts';
import { pad } from './pad.ts';
import { padToRatio } from './pad-to-ratio.ts';
import { padToSize } from './pad-to-size.ts';
import { resize } from './resize.ts';
import { rotate } from './rotate.ts';
import { roundCorners } from './round-corners.ts';
import { scale } from './scale.ts';
import { sharpen } from './sharpen.ts';
import { stamp } from './stamp.ts';
import { tint } from './tint.ts';

const operators: { readonly [Name in Operation['op']]: Operator<Name> } = {
  grayscale,
  invert,
  matrix,
  modulate,
  contrast,
  blur,
  sharpen,
  rotate,
  flip,
  'crop-to-ratio': cropToRatio,
  'crop-to-size': cropToSize,
  resize,
  scale,
  pad,
  'pad-to-ratio': padToRatio,
  'pad-to-size': padToSize,
  'round-corners': roundCorners,
  tint,
  'mask-to-grey': maskToGrey,
  'grey-to-mask': greyToMask,
  caption,
  stamp,
};

/** Carries out one operation. The raster handed in must not be used afterwards. */
export async function operate(
  raster: Raster,
  operation: Operation,
  surroundings: Surroundings,
): Promise<Raster> {
  // The table pairs each name with its own operator; the compiler cannot follow that through a look-up.
  const operator = operators[operation.op] as Operator<Operation['op']>;
  return operator(raster, operation as never, surroundings);
}
