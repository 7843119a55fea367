import type { OpenSpool } from '../core/bytes.ts';
import type { EditCall, EditedImage, ResultFacts } from '../core/edit.ts';
import type { ImageLimits, Lab } from '../images/index.ts';
import { isEmpty } from './finish.ts';
import { finishImage } from './finish-image.ts';
import { markRegion } from './mask-marking.ts';
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
  /** What the model is to see. */
  prepare(candidate: Candidate, work: Work): Promise<Pick<EditCall, 'request' | 'instructionNote'>>;
  /** What the caller is to see. */
  finish(candidate: Candidate, answer: Answer, work: Work): Promise<Answer>;
}

export function createFinisher(lab: Lab, limits: ImageLimits): Finisher {
  return {
    async prepare({ request, model, finish }, work) {
      if (!finish.mask || model.mask !== 'none') return { request };
      const { image, note } = await markRegion(lab, request, model.maxImages, work);
      const images = image ? [...request.images, image] : request.images;
      return { request: { ...request, images }, instructionNote: note };
    },
    async finish({ finish, request }, answer, work) {
      if (isEmpty(finish)) return answer;
      return finishImage({ lab, limits, ...work }, finish, request, answer);
    },
  };
}
