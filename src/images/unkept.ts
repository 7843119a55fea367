import type { Warning } from '../core/edit.ts';
import type { RenderedImage } from './lab/render-job.ts';

/** What to tell of a picture whose pixels a mask could not hold as they are stored. */
export function toUnkeptWarnings(name: string, { unkept, format }: RenderedImage): readonly Warning[] {
  const remedy = format === 'png' ? '' : '; output_format=png keeps most profiles';
  const messages = {
    profile: `The colour profile of ${name} was not kept: its colours were brought to sRGB, outside the mask too, where they look the same${remedy}.`,
    depth: `${name} has more than 8 bits for each channel, and the result has 8, outside the mask too.`,
  };
  return unkept.map((what) => ({ param: 'mask', message: messages[what] }));
}
