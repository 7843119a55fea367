import { setTimeout as delay } from 'node:timers/promises';
import type { OpenSpool } from '../core/bytes.ts';
import type { EditCall, EditedImage, ResultFacts } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { ImageLimits, Lab } from '../images/index.ts';
import { isEmpty } from './finish.ts';
import { finishImage } from './finish-image.ts';
import { markRegion } from './mask-marking.ts';
import { toModelsMask } from './models-mask.ts';
import type { Candidate } from './plan.ts';

interface Work {
  openSpool: OpenSpool;
  signal: AbortSignal;
}

interface Answer {
  image: EditedImage;
  facts: ResultFacts;
}

/** Does, before and after the model's own work, what the plan promised beyond what the model can do. */
export interface Finisher {
  /** What the model is to see. @throws RetouchError */
  prepare(candidate: Candidate, work: Work): Promise<Pick<EditCall, 'request' | 'instructionNote'>>;
  /** What the caller is to see. @throws RetouchError mask_not_applied, upstream_invalid_response, result_lost */
  finish(candidate: Candidate, answer: Answer, work: Work): Promise<Answer>;
}

const maxAttempts = 5;

export function createFinisher(lab: Lab, limits: ImageLimits): Finisher {
  return {
    async prepare({ request, model, finish }, work) {
      const seen = finish.mask
        ? await markRegion(lab, model, { request, frame: finish.frame }, work)
        : { request };
      return { ...seen, request: await toModelsMask(lab, model, seen.request, work) };
    },
    async finish({ finish, request }, answer, work) {
      if (isEmpty(finish)) return answer;
      return patiently(() => finishImage({ lab, limits, ...work }, finish, request, answer), work.signal);
    },
  };
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
