import type { EditParameters, EditRequest, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { Catalog } from './catalog.ts';
import { toComposed } from './compose-mask.ts';
import type { Finish } from './finish.ts';
import { fitConversation } from './fit-conversation.ts';
import { fitMask, toBox } from './fit-mask.ts';
import { fitParameters } from './fit-parameters.ts';
import { sumInlineBytes } from './fit-pictures.ts';

/** One way to do the edit: this model, with these parameters, so far from what was asked. */
export interface Candidate {
  /** The model that was asked for. */
  asked: Model;
  /** The model that serves. */
  model: Model;
  /** As asked, with the pictures this model is to see. */
  request: EditRequest;
  parameters: EditParameters;
  finish: Finish;
  /** To this many bytes, as base64, all pictures together are made smaller first. */
  fitBytes?: number;
  warnings: readonly Warning[];
}

export interface PlanRules {
  retiredModels: 'substitute' | 'refuse';
  /** What becomes of pictures that are more than a model takes in one request. */
  largePictures: 'refuse' | 'fit';
  /** Ids the key may use; undefined: all. */
  allowedModels?: readonly string[] | undefined;
  /** `YYYY-MM-DD` */
  today: string;
  /** Whether the vendor itself has said that a model is gone. */
  isGone: (model: Model) => boolean;
}

/**
 * Who can do this edit as asked, adapted how, in the order to try. Pure; nothing was sent yet.
 * @throws RetouchError the reason why the first wish cannot be served, when nothing can serve it
 */
export function planEdit(request: EditRequest, catalog: Catalog, rules: PlanRules): readonly Candidate[] {
  const names = [request.model, ...request.routing.models];
  const asked = names.map((name) => catalog.get(name));
  for (const model of asked) checkAllowed(model, catalog, rules);
  const [first, ...rest] = orderByWishes(asked, request.routing);
  if (!first) throw noneLeft(request);
  const candidates = [toCandidate(request, first, catalog, rules)];
  if (!request.routing.allowFallbacks) return candidates;
  for (const model of rest) {
    const candidate = findCandidate(request, model, catalog, rules);
    const isAsked = candidates.some((earlier) => earlier.model === candidate?.model);
    if (candidate && !isAsked) candidates.push(candidate);
  }
  return candidates;
}

/** A fall-back that cannot do the edit as asked is not taken; only the first wish may complain. */
function findCandidate(
  request: EditRequest,
  model: Model,
  catalog: Catalog,
  rules: PlanRules,
): Candidate | undefined {
  try {
    return toCandidate(request, model, catalog, rules);
  } catch (error) {
    if (error instanceof RetouchError) return undefined;
    throw error;
  }
}

function toCandidate(given: EditRequest, asked: Model, catalog: Catalog, rules: PlanRules): Candidate {
  const { model, warnings: substituted } = findLiving(asked, catalog, rules);
  const { request, warnings: shortened } = fitConversation(given, model);
  checkPictures(request, model);
  const fitBytes = findFit(request, model, rules.largePictures);
  const [first] = request.images;
  const masked = fitMask(model, request);
  const box = first && toBox(first.facts);
  const left = fitParameters(model, masked.parameters, { stream: request.stream, first: box });
  const fitted = masked.isComposed && box ? toComposed(model, { box, frame: masked.frame }, left) : left;
  const adapted = [
    ...(given.notices ?? []),
    ...shortened,
    ...findStills(request),
    ...toFitWarnings(model, fitBytes),
    ...masked.warnings,
    ...fitted.warnings,
  ];
  const [worst] = adapted;
  if (worst && request.routing.requireParameters) {
    throw new RetouchError(
      'unsupported_parameter',
      `provider.require_parameters is set, and ${model.id} cannot take '${worst.param}' as given: ${worst.message}`,
      { param: worst.param },
    );
  }
  const { parameters, finish } = fitted;
  return {
    ...{ asked, model, request, parameters, finish, ...(fitBytes !== undefined && { fitBytes }) },
    warnings: [...substituted, ...adapted],
  };
}

/** What the request may have beside its pictures. */
const textBytes = 2 * 2 ** 20;

/** @throws RetouchError request_too_large */
function findFit(
  { images }: EditRequest,
  model: Model,
  rule: PlanRules['largePictures'],
): number | undefined {
  const { id, maxInlineBytes } = model;
  const limit = maxInlineBytes === undefined ? undefined : maxInlineBytes - textBytes;
  const bytes = sumInlineBytes(images);
  if (limit === undefined || bytes <= limit) return undefined;
  if (rule === 'fit') return limit;
  throw new RetouchError(
    'request_too_large',
    `The pictures are ${bytes} bytes as base64; ${id} takes requests of at most ${maxInlineBytes}, ${textBytes} of them for texts. Send fewer or smaller pictures.`,
    { param: 'image' },
  );
}

function toFitWarnings({ id, maxInlineBytes }: Model, fitBytes: number | undefined): readonly Warning[] {
  if (fitBytes === undefined) return [];
  const message = `The pictures were made smaller: ${id} takes requests of at most ${maxInlineBytes} bytes.`;
  return [{ param: 'image', message }];
}

/** All models edit still pictures. */
function findStills({ images }: EditRequest): readonly Warning[] {
  return images
    .filter(({ facts }) => facts.frames > 1)
    .map(({ name, facts }) => ({
      param: name,
      message: `${name} is an animation of ${facts.frames} frames: it is edited as a still picture, by its first.`,
    }));
}

function findLiving(
  asked: Model,
  catalog: Catalog,
  rules: PlanRules,
): { model: Model; warnings: readonly Warning[] } {
  const isRetired = (model: Model): boolean =>
    (model.retiredOn !== undefined && model.retiredOn <= rules.today) || rules.isGone(model);
  if (!isRetired(asked)) return { model: asked, warnings: [] };
  const seen = new Set<Model>();
  let model: Model | undefined = asked;
  while (model && isRetired(model) && !seen.has(model)) {
    seen.add(model);
    model = catalog.findSuccessor(model);
  }
  const day = asked.retiredOn === undefined ? '' : ` on ${asked.retiredOn}`;
  const isVersion = catalog.find(asked.id) !== asked;
  const name = isVersion ? `${asked.provider}/${asked.upstreamId}` : asked.id;
  const since = `${name} was shut down by its vendor${day}`;
  if (rules.retiredModels === 'refuse' || !model || isRetired(model)) {
    const instead = model && !isRetired(model) ? ` Use ${model.id}.` : '';
    throw new RetouchError('model_not_found', `${since}.${instead}`, { param: 'model' });
  }
  return { model, warnings: [{ param: 'model', message: `${since}; ${model.id} served this call.` }] };
}

function checkPictures({ images }: EditRequest, model: Model): void {
  if (images.length === 0 && !model.converses) {
    throw new RetouchError('missing_required_parameter', `${model.id} edits pictures; send at least one.`, {
      param: 'image',
    });
  }
  if (images.length > model.maxImages) {
    throw new RetouchError(
      'too_many_images',
      `${images.length} pictures were sent; ${model.id} takes at most ${model.maxImages}.`,
      { param: 'image' },
    );
  }
  for (const image of images) {
    if (!model.inputFormats.includes(image.facts.format)) {
      throw new RetouchError(
        'unsupported_image_format',
        `${image.name} is ${image.facts.format}; ${model.id} takes ${model.inputFormats.join(', ')}.`,
        { param: image.name },
      );
    }
    if (image.byteLength >= model.maxImageBytes) {
      throw new RetouchError(
        'image_too_large',
        `${image.name} has ${image.byteLength} bytes; ${model.id} takes less than ${model.maxImageBytes}.`,
        { param: image.name },
      );
    }
  }
}

function checkAllowed(model: Model, catalog: Catalog, { allowedModels }: PlanRules): void {
  if (!allowedModels) return;
  const allowed = allowedModels.some((name) => catalog.find(name)?.id === model.id);
  if (allowed) return;
  throw new RetouchError(
    'model_not_allowed',
    `This key may not use ${model.id}. It may use: ${allowedModels.join(', ')}.`,
    { param: 'model' },
  );
}

function orderByWishes(models: readonly Model[], wishes: EditRequest['routing']): readonly Model[] {
  const { only, ignore, order } = wishes;
  const rank = (model: Model): number => {
    const index = order?.indexOf(model.provider) ?? -1;
    return index === -1 ? Number.MAX_SAFE_INTEGER : index;
  };
  return models
    .filter((model) => (only?.includes(model.provider) ?? true) && !ignore?.includes(model.provider))
    .sort((left, right) => rank(left) - rank(right));
}

function noneLeft(request: EditRequest): RetouchError {
  const { only, ignore } = request.routing;
  const wish = only ? `provider.only=[${only.join(', ')}]` : `provider.ignore=[${ignore?.join(', ')}]`;
  return new RetouchError('invalid_value', `${wish} leaves nobody to serve '${request.model}'.`, {
    param: 'provider',
  });
}
