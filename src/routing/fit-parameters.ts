import type { EditParameters, ParameterName, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { FreeSize, Model, ParameterRule } from '../core/model.ts';
import type { Box } from './box.ts';
import { type Finish, losslessPng, takeFinish } from './finish.ts';
import { translateQuality } from './translate-quality.ts';
import { translateSize } from './translate-size.ts';

export interface FittedParameters {
  parameters: EditParameters;
  /** What the model cannot do and this gateway does to its answer. */
  finish: Finish;
  /** One for each parameter that is not sent as it was given. */
  warnings: readonly Warning[];
}

type Value = string | number;
const maxShownCharacters = 100;

/** What is sent (undefined: nothing), and why that is not what was given, or not all of it. */
type Fit = { value: Value | undefined; because?: string; how?: string };

/** Chat programs send these out of habit; a model that only makes pictures has no use for them. */
const samplingParameters: ReadonlySet<string> = new Set(['temperature', 'seed', 'max_tokens']);

/**
 * Honours, adapts or refuses each parameter by the model's data.
 * @param first the first picture, as seen
 * @throws RetouchError unsupported_parameter, invalid_value, string_above_max_length
 */
export function fitParameters(
  model: Model,
  given: EditParameters,
  { stream, first }: { stream: boolean; first: Box | undefined },
): FittedParameters {
  const graded = translateQuality(model, given);
  const sized = translateSize(model, graded.parameters, first);
  const { parameters, finish, warnings: finishWarnings } = takeFinish(model, sized.parameters);
  const fitted: Record<string, Value> = {};
  const warnings: Warning[] = [...graded.warnings, ...sized.warnings, ...finishWarnings];
  for (const [name, value] of Object.entries(parameters) as [ParameterName, Value][]) {
    const alone = fitByRule(model, name, value);
    const fit = alone.value === undefined ? alone : (fitTogether(name, value, given, stream) ?? alone);
    if (fit.value !== undefined) fitted[name] = fit.value;
    if (fit.because !== undefined) {
      const given = String(value).slice(0, maxShownCharacters);
      const message = `${name}=${given} ${describe(fit)}: ${fit.because}`;
      warnings.push({ param: name, message });
    }
  }
  const size = sized.finishSize;
  return { parameters: fitted, finish: { ...finish, ...(size && { size }) }, warnings };
}

function describe({ value, how }: Fit): string {
  return how ?? (value === undefined ? 'was left out' : `became ${JSON.stringify(value)}`);
}

function fitByRule(model: Model, name: ParameterName, value: Value): Fit {
  const rule = model.parameters[name];
  if (rule) return fitOne(model, name, rule, value);
  if (samplingParameters.has(name)) return { value: undefined, because: `${model.id} has no such setting.` };
  if (name === 'modalities' && value !== 'text') return { value: undefined };
  throw unsupported(model, name);
}

/** What depends on more than one parameter, and is the same for every model that takes this one. */
function fitTogether(
  name: ParameterName,
  value: Value,
  given: EditParameters,
  stream: boolean,
): Fit | undefined {
  if (name === 'partial_images' && !stream && value !== 0) {
    return { value: undefined, because: 'partial pictures come only with stream=true.' };
  }
  const format = given.output_format ?? 'png';
  if (name === 'background' && value === 'transparent' && format === 'jpeg') {
    throw new RetouchError(
      'invalid_value',
      "'background' is transparent, which JPEG cannot hold; ask for output_format png or webp.",
      { param: name },
    );
  }
  if (name === 'output_compression' && format === 'png' && value !== 100) {
    return { value: undefined, because: losslessPng };
  }
  if (name === 'seed' && (given.n ?? 1) > 1) {
    const because = 'it would make them all the same, so each further one takes the next number.';
    return { value, how: 'is for the first answer', because };
  }
  return undefined;
}

type RuleOf<K extends ParameterRule['kind']> = Extract<ParameterRule, { kind: K }>;
type Fitters = {
  [K in ParameterRule['kind']]: (model: Model, name: string, rule: RuleOf<K>, value: Value) => Fit;
};

const fitters: Fitters = {
  'left-out': (model, name, rule, value) => {
    fitOne(model, name, rule.like, value);
    return { value: undefined, because: rule.because };
  },
  integer: (_model, name, rule, value) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= rule.min && number <= rule.max) return { value };
    throw invalid(name, value, `a whole number from ${rule.min} to ${rule.max}`);
  },
  number: (_model, name, rule, value) => {
    if (Number(value) >= rule.min && Number(value) <= rule.max) return { value };
    throw invalid(name, value, `a number from ${rule.min} to ${rule.max}`);
  },
  text: (_model, name, rule, value) => {
    const { length } = String(value);
    if (length <= rule.maxCharacters) return { value };
    throw new RetouchError(
      'string_above_max_length',
      `'${name}' has ${length} characters; at most ${rule.maxCharacters} are accepted.`,
      { param: name },
    );
  },
  choice: (model, name, rule, value) => {
    if (rule.values.includes(String(value))) return { value };
    const adaptation =
      rule.adapt && Object.hasOwn(rule.adapt, String(value)) ? rule.adapt[String(value)] : undefined;
    if (adaptation) return { value: adaptation.to ?? undefined, because: adaptation.because };
    throw invalid(name, value, `one of ${rule.values.join(', ')} for ${model.id}`);
  },
  size: (model, name, rule, value) => {
    if (takesSize(rule, String(value))) return { value };
    throw invalid(name, value, describeSizes(model, rule.values, rule.free));
  },
};

/** Whether the rule is one of sizes, and this is one of them. */
export function takesSize(rule: ParameterRule | undefined, size: string): boolean {
  if (rule?.kind !== 'size') return false;
  return rule.values.includes(size) || (rule.free !== undefined && fitsFreeSize(size, rule.free));
}

function fitOne(model: Model, name: string, rule: ParameterRule, value: Value): Fit {
  // The table pairs each kind with its own rule type, which the compiler cannot follow through an index.
  const fitter = fitters[rule.kind] as (model: Model, name: string, rule: ParameterRule, value: Value) => Fit;
  return fitter(model, name, rule, value);
}

function fitsFreeSize(value: string, free: FreeSize): boolean {
  const [, width, height] = /^([1-9]\d{0,5})x([1-9]\d{0,5})$/.exec(value)?.map(Number) ?? [];
  if (width === undefined || height === undefined) return false;
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  const area = width * height;
  return (
    width % free.multipleOf === 0 &&
    height % free.multipleOf === 0 &&
    long <= free.maxEdge &&
    long <= short * free.maxRatio &&
    area >= free.minArea &&
    area <= free.maxArea
  );
}

function describeSizes(model: Model, values: readonly string[], free: FreeSize | undefined): string {
  const fixed = `one of ${values.join(', ')}`;
  if (!free) return `${fixed} for ${model.id}`;
  const multiple = free.multipleOf > 1 ? `multiples of ${free.multipleOf}, ` : '';
  return (
    `${fixed}, or WIDTHxHEIGHT for ${model.id}: ${multiple}sides up to ${free.maxEdge}, ` +
    `at most ${free.maxRatio}:1, ${free.minArea} to ${free.maxArea} pixels in all`
  );
}

function invalid(name: string, value: Value, expected: string): RetouchError {
  const shown = JSON.stringify(String(value).slice(0, maxShownCharacters));
  return new RetouchError('invalid_value', `'${name}' is ${shown}; expected ${expected}.`, { param: name });
}

function unsupported(model: Model, name: string): RetouchError {
  const known = Object.keys(model.parameters).join(', ');
  return new RetouchError(
    'unsupported_parameter',
    `${model.id} has no parameter '${name}'. It has: ${known}.`,
    { param: name },
  );
}
