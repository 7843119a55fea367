import { RetouchError } from '../../core/errors.ts';
import type { ImageFacts } from '../../core/image.ts';
import { estimateEncodingBytes, estimateWorkBytes, type Work } from './estimate.ts';

export interface Subject {
  /** What the caller calls it. */
  name: string;
  /** In which parameter it came, where that is not its name. */
  param?: string;
  facts: ImageFacts;
}

/** What is known of a job before anything is decoded. */
export interface JobOutline extends Work {
  image: Subject;
  /** What the mask keeps, where that is not `image` itself. The result has its size. */
  original?: Subject | undefined;
}

/** Of each pixel of a picture that lies decoded while another is worked on. */
const rasterBytes = 4;

/** Of a picture that is only brought to the size of another. */
const plain = { hasMask: false, output: { format: 'png', alpha: 'keep' } } as const;

/** Refuses by headers alone what could not be done within the memory cap. @throws RetouchError image_too_complex */
export function checkMemory({ image, original, ...work }: JobOutline, memoryBytes: number): void {
  // The mask lies on it, and the result has its size.
  const base = original ?? image;
  const beside = original ? image.facts.width * image.facts.height * rasterBytes : 0;
  const needs = [
    { ...base, bytes: estimateWorkBytes(base.facts, work) + beside },
    ...(original ? [{ ...image, bytes: estimateWorkBytes(image.facts, { ...work, ...plain }) }] : []),
    { ...base, bytes: estimateEncodingBytes(base.facts, work) },
  ];
  const most = needs.reduce((one, other) => (other.bytes > one.bytes ? other : one));
  if (most.bytes <= memoryBytes) return;
  const { name, facts, param = name } = most;
  throw new RetouchError(
    'image_too_complex',
    `${name} is ${facts.width} x ${facts.height} pixels, which take more memory to work on than this gateway allows. ` +
      'Send a smaller picture.',
    { param },
  );
}
