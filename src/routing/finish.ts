import type { EditParameters, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { ImageFormat } from '../core/image.ts';
import type { Model } from '../core/model.ts';
import type { Box } from './box.ts';

/** What this gateway does to a model's answer, because the caller asked for it and the model cannot. */
export interface Finish {
  size?: Box;
  format?: ImageFormat;
  compression?: number;
  /** No transparency may remain. */
  opaque?: true;
  /** Puts the first picture back outside the mask. */
  mask?: true;
  /** What the model was shown: the first picture with margins, which are cut off again. */
  frame?: Box;
}

interface Finished {
  /** What is left for the model. */
  parameters: EditParameters;
  finish: Finish;
  warnings: readonly Warning[];
}

export const losslessPng = 'PNG is always lossless; it applies to jpeg and webp.';
const formats: readonly string[] = ['png', 'jpeg', 'webp'] satisfies ImageFormat[];
const done = (model: Model): string =>
  `${model.id} does not offer this; this gateway did it to the model's answer.`;

/**
 * Takes over the output parameters that a model does not have.
 * @throws RetouchError for a value that nobody can give
 */
export function takeFinish(model: Model, given: EditParameters): Finished {
  const parameters = { ...given };
  const finish: Finish = {};
  const warnings: Warning[] = [];
  const isPng = (given.output_format ?? 'png') === 'png';
  const take = (name: 'output_format' | 'output_compression' | 'background'): string | number | undefined => {
    const value = parameters[name];
    if (value === undefined || model.parameters[name]) return undefined;
    delete parameters[name];
    const how = name === 'output_compression' && isPng ? losslessPng : done(model);
    warnings.push({ param: name, message: `${name}=${value}: ${how}` });
    return value;
  };
  const format = take('output_format');
  if (format !== undefined) finish.format = readFormat(format);
  const compression = take('output_compression');
  const quality = compression === undefined ? undefined : readCompression(compression);
  if (quality !== undefined && !isPng) finish.compression = quality;
  const background = take('background');
  if (background === 'opaque') finish.opaque = true;
  else if (background === 'auto') warnings.pop();
  else if (background !== undefined) throw refuseBackground(model, String(background));
  return { parameters, finish, warnings };
}

/** Whether the model's answer is good as it is. */
export function isEmpty(finish: Finish): boolean {
  return Object.keys(finish).length === 0;
}

function readFormat(format: string | number): ImageFormat {
  if (formats.includes(String(format))) return format as ImageFormat;
  throw new RetouchError(
    'invalid_value',
    `'output_format' is ${format}; expected one of ${formats.join(', ')}.`,
    {
      param: 'output_format',
    },
  );
}

function readCompression(value: string | number): number {
  const compression = Number(value);
  if (Number.isInteger(compression) && compression >= 0 && compression <= 100) return compression;
  throw new RetouchError(
    'invalid_value',
    `'output_compression' is ${value}; expected a whole number from 0 to 100.`,
    {
      param: 'output_compression',
    },
  );
}

function refuseBackground(model: Model, value: string): RetouchError {
  return new RetouchError(
    'invalid_value',
    `'background' is ${value}; ${model.id} makes opaque pictures only: expected opaque or auto.`,
    { param: 'background' },
  );
}
