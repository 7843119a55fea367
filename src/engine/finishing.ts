import type { OpenSpool } from '../core/bytes.ts';
import type { EditEvent, EditedImage, EditOutcome, ResultFacts, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Candidate, Finisher } from '../routing/index.ts';

interface Answer {
  image: EditedImage;
  facts: ResultFacts;
}

/** What is done to the pictures of one edit after the model's own work. */
export interface Finishing {
  /** Undefined: there is nothing to show. A failure is not thrown, since other pictures may have been paid for too. */
  finishEvent(candidate: Candidate, event: EditEvent): Promise<EditEvent | undefined>;
  /**
   * With warnings of what is missing.
   * @param isTold whether every picture was an event before
   * @throws RetouchError when all are missing
   */
  finishOutcome(candidate: Candidate, outcome: EditOutcome, isTold: boolean): Promise<EditOutcome>;
}

export function createFinishing(
  finisher: Finisher,
  work: { openSpool: OpenSpool; signal: AbortSignal },
): Finishing {
  const failures: RetouchError[] = [];
  const notices: Warning[] = [];
  let finishedCount = 0;

  const orError = (candidate: Candidate, answer: Answer): Promise<Answer | RetouchError> =>
    finisher.finish(candidate, answer, work).catch((error: unknown) => {
      if (error instanceof RetouchError) return error;
      throw error;
    });

  async function finish(candidate: Candidate, answer: Answer): Promise<Answer | undefined> {
    const finished = await orError(candidate, answer);
    if (finished instanceof RetouchError && candidate.finish.mask) {
      failures.push(finished);
      return undefined;
    }
    finishedCount += 1;
    if (!(finished instanceof RetouchError)) return finished;
    // A picture of another size or format is still the edit; one that overran its mask is not.
    notices.push({ param: 'size', message: `A picture is as the model gave it. ${finished.message}` });
    return answer;
  }

  return {
    async finishEvent(candidate, event) {
      if (event.type === 'text') return event;
      // A picture half done is missed by nobody.
      const finished =
        event.type === 'partial' ? await orError(candidate, event) : await finish(candidate, event);
      return finished && !(finished instanceof RetouchError) ? { ...event, ...finished } : undefined;
    },
    async finishOutcome(candidate, outcome, isTold) {
      const images: EditedImage[] = [];
      let { facts } = outcome;
      for (const image of isTold ? [] : outcome.images) {
        const finished = await finish(candidate, { image, facts: outcome.facts });
        if (!finished) continue;
        images.push(finished.image);
        facts = finished.facts;
      }
      if (failures[0] && finishedCount === 0) throw failures[0];
      const warnings = [...outcome.warnings, ...notices, ...failures.map(toWarning)];
      const told = outcome.images.slice(0, finishedCount);
      return isTold ? { ...outcome, images: told, warnings } : { ...outcome, images, facts, warnings };
    },
  };
}

function toWarning({ message }: RetouchError): Warning {
  return { param: 'n', message: `A picture is missing: ${message}` };
}
