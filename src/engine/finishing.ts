import type { OpenSpool } from '../core/bytes.ts';
import { cancellable } from '../core/cancellable.ts';
import type { EditEvent, EditedImage, EditOutcome, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Answer, Candidate, Finisher } from '../routing/index.ts';

/** What is done to the pictures of one edit after the model's own work. */
export interface Finishing {
  /** Undefined: there is nothing to show. A failure is not thrown, since other pictures may have been paid for too. */
  finishEvent(candidate: Candidate, event: EditEvent): Promise<EditEvent | undefined>;
  /**
   * With warnings of what is missing, or not as it was asked for.
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
    cancellable(work.signal, () => finisher.finish(candidate, answer, work)).catch((error: unknown) => {
      // Nobody pays for this one any more, so it is not to be had half done.
      if (error instanceof RetouchError && !work.signal.aborted) return error;
      throw error;
    });

  function note(notice: Warning): void {
    const isTold = notices.some(({ param, message }) => param === notice.param && message === notice.message);
    if (!isTold) notices.push(notice);
  }

  async function finish(candidate: Candidate, answer: Answer): Promise<Answer | undefined> {
    const finished = await orError(candidate, answer);
    if (finished instanceof RetouchError && candidate.finish.mask) {
      failures.push(finished);
      return undefined;
    }
    finishedCount += 1;
    if (finished instanceof RetouchError) {
      // A picture of another size or format is still the edit; one that overran its mask is not.
      const message = `A picture is as the model gave it. ${finished.message}`;
      for (const param of toUndone(candidate)) note({ param, message });
      return answer;
    }
    for (const notice of finished.notices ?? []) note(notice);
    return finished;
  }

  async function finishAll(candidate: Candidate, { images, facts }: EditOutcome): Promise<readonly Answer[]> {
    const finished: Answer[] = [];
    for (const image of images) {
      const own = image.format === undefined ? facts : { ...facts, output_format: image.format };
      const answer = await finish(candidate, { image, facts: own });
      if (answer) finished.push(answer);
    }
    return finished;
  }

  return {
    async finishEvent(candidate, event) {
      if (event.type === 'text') return event;
      // A picture half done is missed by nobody.
      const finished =
        event.type === 'partial' ? await orError(candidate, event) : await finish(candidate, event);
      if (!finished || finished instanceof RetouchError) return undefined;
      const { image, facts } = finished;
      return { ...event, image, facts };
    },
    async finishOutcome(candidate, outcome, isTold) {
      const answers = isTold ? [] : await finishAll(candidate, outcome);
      if (failures[0] && finishedCount === 0) throw failures[0];
      const images = answers.map(({ image, facts }) => ({ ...image, format: facts.output_format }));
      const warnings = [...outcome.warnings, ...notices, ...findMixed(images), ...failures.map(toWarning)];
      if (isTold) return { ...outcome, images: outcome.images.slice(0, finishedCount), warnings };
      return { ...outcome, images, facts: answers[0]?.facts ?? outcome.facts, warnings };
    },
  };
}

/** The parameters that finishing was for. */
function toUndone({ finish: { size, format, compression, opaque } }: Candidate): readonly string[] {
  const undone = { size, output_format: format, output_compression: compression, background: opaque };
  return Object.entries(undone).flatMap(([param, value]) => (value === undefined ? [] : [param]));
}

/** The answer tells one format; a model may give more. */
function findMixed(images: readonly EditedImage[]): readonly Warning[] {
  const formats = images.flatMap(({ format }) => format ?? []);
  if (new Set(formats).size < 2) return [];
  return [
    { param: 'output_format', message: `The pictures are of different formats: ${formats.join(', ')}.` },
  ];
}

function toWarning({ message }: RetouchError): Warning {
  return { param: 'n', message: `A picture is missing: ${message}` };
}
