export { imagesSettings } from './config.ts';
export { createLab, type Lab, type LabOptions, type RenderedImage, type RenderJob } from './lab.ts';
export { checkMask } from './mask.ts';
export { type ImageLimits, measure } from './measure.ts';
export type { Anchor, Colour, Operation, Recipe } from './recipe.ts';
export { type Sniffed, sniff, sniffLength } from './sniff.ts';
