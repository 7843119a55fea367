import type { Colour, Operation } from '../images/index.ts';
import type { Pattern } from './phrase.ts';
import { refuse } from './refusal.ts';
import type { Said, Sense } from './said.ts';
import type { Size } from './size.ts';

/** What one step was asked to do. */
export interface Order extends Said, Sense {
  /** As they stand in the prompt. */
  words: string;
}

/** The picture as it is when a step's turn comes. */
export interface Canvas extends Size {
  /** Fills what opens up. */
  background: Colour;
}

export interface Example {
  say: string;
  /** What it makes of a picture of 600 x 400 pixels with a transparent background. */
  gives: readonly Operation[];
}

/** One thing the editor can do. */
export interface Step {
  name: string;
  /** One sentence for the docs. */
  does: string;
  phrases: Readonly<Record<Pattern, Sense>>;
  /** The docs and the tests are made of them; the first stands in error messages. */
  examples: readonly [Example, ...Example[]];
  /** @throws RetouchError instruction_not_understood, for amounts that cannot be */
  toOperations(order: Order, canvas: Canvas): readonly Operation[];
}

/**
 * A length on this picture, in whole pixels: as said, or a share of the short side.
 * @throws RetouchError instruction_not_understood, for a length of nothing
 */
export function toPixels(canvas: Size, { pixels, share, words }: Order, usualShare: number): number {
  const length = pixels ?? Math.min(canvas.width, canvas.height) * (share ?? usualShare);
  if (length <= 0) throw refuse(words, 'that would change nothing.');
  return Math.max(1, Math.round(length));
}

export function round(number: number, decimals = 3): number {
  return Number(number.toFixed(decimals));
}
