import type { Step } from './step.ts';
import { blackAndWhite } from './steps/black-and-white.ts';
import { blur } from './steps/blur.ts';
import { border } from './steps/border.ts';
import { brightness } from './steps/brightness.ts';
import { caption } from './steps/caption.ts';
import { contrast } from './steps/contrast.ts';
import { crop } from './steps/crop.ts';
import { flip } from './steps/flip.ts';
import { invert } from './steps/invert.ts';
import { levels } from './steps/levels.ts';
import { pad } from './steps/pad.ts';
import { resize } from './steps/resize.ts';
import { rotate } from './steps/rotate.ts';
import { roundedCorners } from './steps/rounded-corners.ts';
import { saturation } from './steps/saturation.ts';
import { sepia } from './steps/sepia.ts';
import { sharpness } from './steps/sharpness.ts';
import { warmth } from './steps/warmth.ts';

/** All that the embedded editor can do. Where words fit two steps equally well, the earlier one takes them. */
export const steps: readonly Step[] = [
  blackAndWhite,
  sepia,
  invert,
  brightness,
  contrast,
  saturation,
  warmth,
  levels,
  blur,
  sharpness,
  rotate,
  flip,
  crop,
  resize,
  pad,
  border,
  roundedCorners,
  caption,
];
