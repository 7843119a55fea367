import { RetouchError } from '../../core/errors.ts';
import type { ImageFacts } from '../../core/image.ts';
import { estimateEncodingBytes, estimateWorkBytes, type Work } from './estimate.ts';

export interface Subject {
  /** What the caller calls it. */
  name: string;
  facts: ImageFacts;
}

/** What is known of a job before anything is decoded. */
export interface JobOutline extends Work {
  image: Subject;
  /** What the mask keeps, where that is not `image` itself. The result has its size. */
  original?: Subject | undefined;
}

/** Refuses by headers alone what could not be done within the memory cap. @throws RetouchError image_too_complex */
export function checkMemory({ image, original, ...work }: JobOutline, memoryBytes: number): void {
  const subjects = original ? [image, original] : [image];
  const result = original ?? image;
  const needs = [
    ...subjects.map((subject) => ({ ...subject, bytes: estimateWorkBytes(subject.facts, work) })),
    { ...result, bytes: estimateEncodingBytes(result.facts, work) },
  ];
  const most = needs.reduce((one, other) => (other.bytes > one.bytes ? other : one));
  if (most.bytes <= memoryBytes) return;
  const { name, facts } = most;
  throw new RetouchError(
    'image_too_complex',
    `${name} is ${facts.width} x ${facts.height} pixels, which take more memory to work on than this gateway allows. ` +
      'Send a smaller picture.',
    { param: name },
  );
}
