import type { EditParameters, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import { type Box, compareShapes, readBox } from './box.ts';
import { findOwn } from './translate-quality.ts';

/** Enlarging by a little shows less than it costs to ask for the next resolution; by more, its pixels show. */
const [littleEnlargement, maxEnlargement] = [1.25, 1.5];
/** More than a quarter cut away is another picture. */
export const maxCut = Math.log(4 / 3);

export interface TranslatedSize {
  parameters: EditParameters;
  warnings: readonly Warning[];
  /** The exact size to bring the model's answer to. */
  finishSize?: Box;
}

/**
 * Pixels → the nearest ratio the model has, and the smallest resolution that will do.
 * @throws RetouchError invalid_value for what cannot be made of the model's answer: better now than when it is paid for
 */
export function toRatio(model: Model, size: string, given: EditParameters): TranslatedSize {
  const { size: _, ...rest } = given;
  if (size === 'auto') return { parameters: rest, warnings: [] };
  const box = readBox(size);
  if (!box) throw invalid(`'size' is "${size.slice(0, 40)}"; expected WIDTHxHEIGHT or auto.`);
  const [ratio, plain] = findNearestRatio(model, box);
  const resolution = given.image_size ?? findResolution(model, box, plain);
  checkReach(model, box, plain, resolution);
  const asked = resolution === undefined ? ratio : `${ratio} at ${resolution}`;
  return {
    parameters: { ...rest, aspect_ratio: ratio, ...(resolution !== undefined && { image_size: resolution }) },
    finishSize: box,
    warnings: [
      {
        param: 'size',
        message: `${model.id} takes ratios: ${asked} was asked for, and this gateway brought the answer to ${size}.`,
      },
    ],
  };
}

/** The ratio and the resolution of the model that come nearest to the box. */
export function toRatioParameters(model: Model, box: Box): EditParameters {
  const [ratio, plain] = findNearestRatio(model, box);
  const resolution = findResolution(model, box, plain);
  return { aspect_ratio: ratio, ...(resolution !== undefined && { image_size: resolution }) };
}

/** The model's ratio that is nearest to the box's, and its pixels. */
function findNearestRatio(model: Model, box: Box): readonly [ratio: string, plain: Box] {
  const distance = (plain: Box): number => compareShapes(plain, box);
  const choices = Object.entries(model.ratios ?? {}).flatMap(([ratio, pixels]) => {
    const plain = readBox(pixels);
    return plain ? [[ratio, plain] as const] : [];
  });
  return choices.reduce((best, choice) => (distance(choice[1]) < distance(best[1]) ? choice : best));
}

function findResolution(model: Model, box: Box, plain: Box): string | undefined {
  const bySize = Object.entries(model.imageSizes ?? {}).sort(([, left], [, right]) => left - right);
  const covers = ([, scale]: readonly [string, number]): boolean =>
    toEnlargement(box, plain) / scale <= littleEnlargement;
  return (bySize.find(covers) ?? bySize.at(-1))?.[0];
}

function checkReach(model: Model, box: Box, plain: Box, resolution: string | undefined): void {
  const scale = (resolution === undefined ? undefined : findOwn(model.imageSizes, resolution)) ?? 1;
  const isInReach =
    toEnlargement(box, plain) / scale <= maxEnlargement && compareShapes(plain, box) <= maxCut;
  if (isInReach) return;
  const nearest = `${Math.round(plain.width * scale)}x${Math.round(plain.height * scale)}`;
  throw invalid(
    `'size' is ${box.width}x${box.height}; the nearest that ${model.id} gives is ${nearest}, too far from it to be cut or enlarged.`,
  );
}

/** How many times longer a side must become so that the picture covers the box. */
function toEnlargement(box: Box, plain: Box): number {
  return Math.max(box.width / plain.width, box.height / plain.height);
}

function invalid(message: string): RetouchError {
  return new RetouchError('invalid_value', message, { param: 'size' });
}
