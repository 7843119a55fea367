import type { ImageLimits } from '../../measure.ts';
import type { Operation } from '../../recipe.ts';
import type { Rgba } from '../colour.ts';
import type { Box } from '../paint.ts';
import type { Raster } from '../raster.ts';

/** What every operation may need besides its own values. */
export interface Surroundings {
  /** Fills what an operation opens up. */
  background: Rgba;
  /** For what an operation makes. */
  limits: ImageLimits;
  /** Where a mask lets marks show; absent: there is no mask. Without width and height: nowhere. */
  open?: Box;
}

/** Carries out one kind of operation. It may change the raster it is given, and return it. */
export type Operator<Name extends Operation['op']> = (
  raster: Raster,
  operation: Extract<Operation, { op: Name }>,
  surroundings: Surroundings,
) => Raster | Promise<Raster>;
