import type { EditedImage, ResultFacts, Warning } from '../core/edit.ts';

/** One picture of a model, and what is true of it. */
export interface Answer {
  image: EditedImage;
  facts: ResultFacts;
  /** What is not as it was asked for. */
  notices?: readonly Warning[];
}
