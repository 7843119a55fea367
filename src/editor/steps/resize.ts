import type { Operation } from '../../images/index.ts';
import { toSizeAfter } from '../geometry.ts';
import { refuse } from '../refusal.ts';
import type { Sense } from '../said.ts';
import { type Canvas, type Order, round, type Step } from '../step.ts';

const neutral = '(resize|scale|rescale|resample|set size|change size)';
const smaller = '(shrink|downscale|downsize|scale down|reduce) [size]';
const larger = '(enlarge|upscale|scale up|magnify|increase) [size]';
const wide = '({width} (wide|in width|width)|width [of|to] {width})';
const high = '({height} (high|tall|in height|height)|height [of|to] {height})';
const sides = `(${wide} [[and] ${high}]|${high} [[and] ${wide}]|{size})`;

const phrases: Readonly<Record<string, Sense>> = {
  ...toTargetPhrases(neutral, {}),
  ...toTargetPhrases(smaller, { sign: -1 }),
  ...toTargetPhrases(larger, { sign: 1 }),
  [`${neutral} by ({target}|{number})`]: {},
  ...toDirectionPhrases(smaller, 'smaller', 'small', -1),
  ...toDirectionPhrases(larger, '(larger|bigger)', '(large|big)', 1),
  [`${neutral} [by] {factor}`]: {},
  [`${neutral} by factor [of] ({number}|{factor})`]: {},
  [`make ${sides}`]: {},
  'stretch [to] {size}': { fit: 'fill' },
  '[resize|scale] [to] fit [in|into|inside|within] {size}': { fit: 'within' },
  '[to] {factor} [of] size': {},
  '{target} of size': {},
};

function toTargetPhrases(verb: string, sense: Sense): Readonly<Record<string, Sense>> {
  return {
    [`${verb} [to] ${sides}`]: sense,
    [`${verb} to {target} [[of] size]`]: sense,
  };
}

function toDirectionPhrases(
  verb: string,
  comparative: string,
  adjective: string,
  sign: 1 | -1,
): Readonly<Record<string, Sense>> {
  return {
    [`${verb} [by] {share}`]: { sign },
    [`${verb} [by] {factor}`]: { sign },
    [`${verb} by factor [of] ({number}|{factor})`]: { sign },
    [`{share} ${comparative}`]: { sign },
    [`{factor} ${comparative}`]: { sign },
    [`{factor} as ${adjective}`]: sign === 1 ? {} : { sign },
  };
}

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
    const operation = toOperation(order, canvas);
    const { width, height } = toSizeAfter(operation, canvas);
    const growth = Math.sign(width * height - canvas.width * canvas.height);
    if (order.sign !== undefined && growth === -order.sign) {
      throw refuse(
        order.words,
        `the picture is ${canvas.width}x${canvas.height} px, so that is the other way.`,
      );
    }
    return [operation];
  },
};

function toOperation(order: Order, canvas: Canvas): Operation {
  const { size, width = size?.width, height = size?.height, fit } = order;
  if (width === undefined && height === undefined) return { op: 'scale', factor: toFactor(order) };
  if (fit === 'within' && width && height) return fitWithin(width, height, canvas);
  return {
    op: 'resize',
    ...(width && { width }),
    ...(height && { height }),
    fit: fit === 'fill' ? fit : 'cover',
  };
}

/** `shrink 2x` is a half; `shrink by 20 %` is 0.8. */
function toFactor({ target, share, factor, number, sign, words }: Order): number {
  const times = factor ?? number ?? Number.NaN;
  const along = sign === -1 ? 1 / times : times;
  const result = round(target ?? (share === undefined ? along : 1 + (sign ?? 1) * share), 4);
  if (result > 0 && Number.isFinite(result)) return result;
  throw refuse(words, 'a size is more than 0 % of what it was.');
}

/** The side that is tighter is given; the other one follows. */
function fitWithin(width: number, height: number, canvas: Canvas): Operation {
  return width / height <= canvas.width / canvas.height
    ? { op: 'resize', width, fit: 'cover' }
    : { op: 'resize', height, fit: 'cover' };
}
