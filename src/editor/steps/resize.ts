import type { Operation } from '../../images/index.ts';
import { toSizeAfter } from '../geometry.ts';
import { amounts } from '../phrase.ts';
import { refuse } from '../refusal.ts';
import type { Sense } from '../said.ts';
import { toScaleFactor } from '../scale-factor.ts';
import { isSameSize, showSize } from '../size.ts';
import { dimensions, toBox } from '../size-phrases.ts';
import type { Canvas, Order, Phrases, Settlement, Step } from '../step.ts';

const neutral = '(resize|scale|rescale|resample|(set|change) size)';
// "Increase" and "reduce" do not say what: the picture or its size has to be named.
const smaller = '((shrink|downscale|downsize|scale down) [size]|(reduce|decrease) (size|{picture}))';
const larger = '((enlarge|upscale|scale up|magnify) [size]|increase (size|{picture}))';
const box = `(${dimensions}|{size}|{pixels} square)`;
const size = '[original|current|full] size';
const keeping =
  '(keep|keeping|maintain|maintaining|preserve|preserving) [same] (aspect ratio|ratio|proportions|aspect)';

const phrases: Phrases = {
  ...toTargetPhrases(neutral, {}),
  ...toTargetPhrases(smaller, { sign: -1 }),
  ...toTargetPhrases(larger, { sign: 1 }),
  [`(reduce|decrease) to ${box}`]: { sign: -1 },
  [`increase to ${box}`]: { sign: 1 },
  [`${neutral} ({target}|by ({target}|{number}))`]: {},
  [`${neutral} [by] {factor} [larger|bigger]`]: {},
  [`${neutral} by factor [of] {times}`]: {},
  ...toDirectionPhrases(smaller, 'smaller', 'small', -1),
  ...toDirectionPhrases(larger, '(larger|bigger)', '(large|big)', 1),
  [`(make|making) ${box}`]: {},
  [`(set|change|adjust) ${dimensions}`]: {},
  'stretch [to] {size}': { fit: 'fill' },
  '[resize|scale] [to] fit [in|into|inside|within|to] {size}': { fit: 'within' },
  [`[to] {factor} [of] ${size}`]: {},
  [`{target} of ${size}`]: {},
  [keeping]: { refines: true, fit: 'within' },
  [`(${smaller}|${larger}|resize|rescale)`]: {
    asks: 'say by how much: "scale by 50%", "resize to 800 px wide", "make it a bit smaller"',
  },
  [`${neutral} [to|into] {ratio}`]: {
    asks: 'say "crop to" this shape, to cut the edges, or "pad to" it, to add room',
  },
  '(increase|raise|boost|reduce|decrease|lower|cut) [by|to] ({share}|{factor}|{number}|{strength})': {
    asks: 'say what: "increase the size by 20%", "increase the brightness by 20%"',
  },
};

function toTargetPhrases(verb: string, sense: Sense): Phrases {
  return {
    [`${verb} [to] ${box}`]: sense,
    [`${verb} [to] {size} square`]: { ...sense, square: true },
    [`${verb} to {target} [[of] ${size}|of original]`]: sense,
    [`${verb} [to] {size} ${keeping}`]: { ...sense, fit: 'within' },
    // One length is that of the longer side.
    [`${verb} to {pixels}`]: { ...sense, fit: 'within' },
  };
}

function toDirectionPhrases(verb: string, comparative: string, adjective: string, sign: 1 | -1): Phrases {
  return {
    [`${verb} by {share}`]: { sign },
    [`${verb} {strength}`]: { sign },
    [`${verb} {share}`]: { sign, bare: true },
    [`${verb} [by] {multiple}`]: { sign },
    [`${verb} by factor [of] {times}`]: { sign },
    [`[{strength}|{share}|{multiple}] ${comparative} [by ({share}|{multiple}|factor of {times})]`]: {
      sign,
      form: 'comparative',
    },
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
    { say: 'scale it to 50 %', gives: [{ op: 'scale', factor: 0.5 }] },
    { say: 'make it a bit smaller', gives: [{ op: 'scale', factor: 0.9 }] },
    { say: 'scale to a height of 200 pixels', gives: [{ op: 'resize', height: 200, fit: 'cover' }] },
    { say: 'half the size', gives: [{ op: 'scale', factor: 0.5 }] },
    { say: 'make it twice as large', gives: [{ op: 'scale', factor: 2 }] },
    { say: 'shrink by 20%', gives: [{ op: 'scale', factor: 0.8 }] },
    { say: 'make it 50% bigger', gives: [{ op: 'scale', factor: 1.5 }] },
    { say: 'stretch to 500x500', gives: [{ op: 'resize', width: 500, height: 500, fit: 'fill' }] },
    { say: 'fit within 300x300', gives: [{ op: 'resize', width: 300, fit: 'cover' }] },
    { say: 'resize to 300 px', gives: [{ op: 'resize', width: 300, fit: 'cover' }] },
  ],
  // With amounts it can make sense to go down and up again: that makes pixels large.
  settles: (order): Settlement => (isSaidHowMuch(order) || !order.sign ? {} : { size: order.sign }),
  toOperations(order, canvas) {
    const operation = toOperation(order, canvas);
    const after = toSizeAfter(operation, canvas);
    if (operation.op === 'scale' && isSameSize(after, canvas)) {
      throw refuse(order.words, 'that would change nothing; 50 % is half the size, 200 % twice the size.');
    }
    const growth = Math.sign(after.width * after.height - canvas.width * canvas.height);
    if (order.sign !== undefined && growth === -order.sign) {
      throw refuse(order.words, `the picture is ${showSize(canvas)} px, so that is the other way.`);
    }
    return [operation];
  },
};

const measures = ['size', 'width', 'height'] as const;

function isSaidHowMuch(order: Order): boolean {
  return [...amounts, ...measures].some((amount) => amount !== 'strength' && order[amount] !== undefined);
}

function toOperation(order: Order, canvas: Canvas): Operation {
  const { fit } = order;
  const { width, height } = toBox(order);
  if (width === undefined && height === undefined) return { op: 'scale', factor: toScaleFactor(order) };
  if (fit === 'within' && width && height) return fitWithin(width, height, canvas);
  return {
    op: 'resize',
    ...(width && { width }),
    ...(height && { height }),
    fit: fit === 'fill' ? fit : 'cover',
  };
}

/** The side that is tighter is given; the other one follows. */
function fitWithin(width: number, height: number, canvas: Canvas): Operation {
  return width / height <= canvas.width / canvas.height
    ? { op: 'resize', width, fit: 'cover' }
    : { op: 'resize', height, fit: 'cover' };
}
