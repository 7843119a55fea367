import type { Operation } from '../../images/index.ts';
import { refuse } from '../refusal.ts';
import type { Sense } from '../said.ts';
import { type Canvas, type Order, round, type Step } from '../step.ts';

const verb = '(resize|scale|rescale|resample|shrink|reduce|enlarge|upscale|downscale) [size]';
const smaller = '(shrink|reduce|downscale|scale down|downsize)';
const larger = '(enlarge|upscale|scale up|grow|magnify|increase)';
const wide = '{width} (wide|in width|width)|width [of|to] {width}';
const high = '{height} (high|tall|in height|height)|height [of|to] {height}';

const phrases: Readonly<Record<string, Sense>> = {
  [`${verb} [to] {size}`]: {},
  [`${verb} [to] <${wide}|${high}>`]: {},
  [`make (<${wide}|${high}>|{size})`]: {},
  'stretch [to] {size}': { fit: 'fill' },
  '[resize|scale] [to] fit [in|into|inside|within] {size}': { fit: 'within' },
  [`${verb} [to] {target} [of] [size]`]: {},
  '{target} of size': {},
  '(resize|scale|rescale) by {target}': {},
  [`${verb} [by] {factor}`]: {},
  [`${verb} by factor [of] ({number}|{factor})`]: {},
  [`${smaller} [size] by {share}`]: { sign: -1 },
  [`${larger} [size] by {share}`]: { sign: 1 },
  '{share} smaller': { sign: -1 },
  '{share} (larger|bigger)': { sign: 1 },
  '{factor} (larger|bigger)': {},
  '{factor} as (large|big)': {},
  '[to] {factor} [of] size': {},
};

export const resize: Step = {
  name: 'resize',
  does: 'Scales the picture: by a share or factor, to a width or height, or to a size (what does not fit is cut off).',
  phrases,
  examples: [
    { say: 'resize to 800x600', gives: [{ op: 'resize', width: 800, height: 600, fit: 'cover' }] },
    { say: 'resize to 512 px wide', gives: [{ op: 'resize', width: 512, fit: 'cover' }] },
    { say: 'scale to a height of 200 pixels', gives: [{ op: 'resize', height: 200, fit: 'cover' }] },
    { say: 'scale it to 50 %', gives: [{ op: 'scale', factor: 0.5 }] },
    { say: 'half the size', gives: [{ op: 'scale', factor: 0.5 }] },
    { say: 'make it twice as large', gives: [{ op: 'scale', factor: 2 }] },
    { say: 'shrink by 20%', gives: [{ op: 'scale', factor: 0.8 }] },
    { say: 'make it 50% bigger', gives: [{ op: 'scale', factor: 1.5 }] },
    { say: 'stretch to 500x500', gives: [{ op: 'resize', width: 500, height: 500, fit: 'fill' }] },
    { say: 'fit within 300x300', gives: [{ op: 'resize', width: 300, fit: 'cover' }] },
  ],
  toOperations(order, canvas) {
    const { size, width = size?.width, height = size?.height, fit } = order;
    if (width === undefined && height === undefined) return [{ op: 'scale', factor: toFactor(order) }];
    if (fit === 'within' && width && height) return [fitWithin(width, height, canvas)];
    return [
      {
        op: 'resize',
        ...(width && { width }),
        ...(height && { height }),
        fit: fit === 'fill' ? 'fill' : 'cover',
      },
    ];
  },
};

function toFactor({ target, share, number, factor, sign = 1, words }: Order): number {
  const by = share === undefined ? undefined : 1 + sign * share;
  const result = round(target ?? factor ?? number ?? by ?? 1, 4);
  if (result <= 0) throw refuse(words, 'nothing would be left of the picture.');
  return result;
}

/** The side that is tighter is given; the other one follows. */
function fitWithin(width: number, height: number, canvas: Canvas): Operation {
  return width / height <= canvas.width / canvas.height
    ? { op: 'resize', width, fit: 'cover' }
    : { op: 'resize', height, fit: 'cover' };
}
