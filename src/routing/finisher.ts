import { setTimeout as delay } from 'node:timers/promises';
import type { EditCall } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import { type ImageLimits, type Lab, measure } from '../images/index.ts';
import type { Answer } from './answer.ts';
import { compareShapes, readBox } from './box.ts';
import { findAnswerBox } from './compose-mask.ts';
import { isEmpty } from './finish.ts';
import { checkFinish, finishImage, imageName } from './finish-image.ts';
import { fitPictures } from './fit-pictures.ts';
import { markRegion } from './mask-marking.ts';
import { toModelsMask } from './models-mask.ts';
import type { Candidate } from './plan.ts';
import type { Work } from './work.ts';

/** Does, before and after the model's own work, what the plan promised beyond what the model can do. */
export interface Finisher {
  /** What the model is to see. @throws RetouchError */
  prepare(candidate: Candidate, work: Work): Promise<Pick<EditCall, 'request' | 'instructionNote'>>;
  /** What the caller is to see. @throws RetouchError mask_not_applied, upstream_invalid_response, result_lost */
  finish(candidate: Candidate, answer: Answer, work: Work): Promise<Answer>;
}

const maxAttempts = 5;
const maxRatioGap = 0.05;

export function createFinisher(lab: Lab, limits: ImageLimits): Finisher {
  return {
    async prepare({ request, model, parameters, finish, fitBytes }, work) {
      checkFinish(lab, finish, request, findAnswerBox(model, parameters));
      const seen = finish.mask
        ? await markRegion(lab, model, { request, frame: finish.frame }, work)
        : { request };
      const masked = await toModelsMask(lab, model, seen.request, work);
      return {
        ...seen,
        request: fitBytes === undefined ? masked : await fitPictures(lab, masked, fitBytes, work),
      };
    },
    async finish(candidate, answer, work) {
      const { finish, request } = candidate;
      if (isEmpty(finish)) return noteShape(candidate, answer, limits);
      return patiently(() => finishImage({ lab, limits, ...work }, finish, request, answer), work.signal);
    },
  };
}

/** A model that was asked for a ratio may give another. */
async function noteShape(
  { model, parameters }: Candidate,
  answer: Answer,
  limits: ImageLimits,
): Promise<Answer> {
  const ratio = parameters.aspect_ratio;
  const asked = ratio === undefined ? undefined : readBox(model.ratios?.[ratio] ?? '');
  if (!asked) return answer;
  const { orientedWidth: width, orientedHeight: height } = await measure(
    imageName,
    answer.image.content,
    limits,
  );
  if (compareShapes({ width, height }, asked) <= maxRatioGap) return answer;
  const message = `${model.id} was asked for ${ratio}, and gave a picture of ${width}x${height}.`;
  return { ...answer, notices: [{ param: 'aspect_ratio', message }] };
}

/** Whoever else is waiting for the lab: this has been paid for. */
async function patiently<T>(work: () => Promise<T>, signal: AbortSignal, attempt = 1): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RetouchError)) throw error;
    if (error.code !== 'server_busy' || attempt === maxAttempts) throw toLoss(error);
    await delay(error.retryAfterMs, undefined, { signal });
    return patiently(work, signal, attempt + 1);
  }
}

/** The caller's own pictures were worked on before: what fails now is the answer, and it is not to be paid for again. */
function toLoss(error: RetouchError): RetouchError {
  if (error.code === 'mask_not_applied') return error;
  const isDamaged = error.code === 'invalid_image_file';
  return new RetouchError(
    isDamaged ? 'upstream_invalid_response' : 'result_lost',
    `The model did the edit, but its answer could not be finished: ${error.message}`,
    { cause: error.cause ?? error },
  );
}
