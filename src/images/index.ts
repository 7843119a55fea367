export type { RenderedImage, RenderJob } from './lab/render-job.ts';
export { createLab, type Lab, type LabOptions } from './lab.ts';
export { checkMask } from './mask.ts';
export { type ImageLimits, measure } from './measure.ts';
export type { Anchor, Colour, Operation, Recipe } from './recipe.ts';
export { sniff } from './sniff.ts';
export { toUnkeptWarnings } from './unkept.ts';
