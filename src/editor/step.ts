import type { Colour, Operation } from '../images/index.ts';
import type { Manner } from './manner.ts';
import type { Pattern } from './phrase.ts';
import { refuse } from './refusal.ts';
import type { Role, Sense } from './said.ts';
import type { Size } from './size.ts';

/** What one step was asked to do. */
export interface Order extends Sense {
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

export type Phrases = Readonly<Record<Pattern, Sense & Role>>;

/** One thing the editor can do. */
export interface Step {
  name: string;
  /** One sentence for the docs. */
  does: string;
  phrases: Phrases;
  /** The docs and the tests are made of them; the first stands in error messages. */
  examples: readonly [Example, ...Example[]];
  /** What an order settles: two that settle the same in different ways contradict each other. */
  settles?(order: Order): Settlement;
  /** Steps before it of which it would leave nothing to see. */
  covers?: readonly string[];
  /** @throws RetouchError instruction_not_understood, for amounts that cannot be */
  toOperations(order: Order, canvas: Canvas): readonly Operation[];
}

/** One step, with what it was asked to do. */
export interface Instruction {
  step: Step;
  order: Order;
  manner: Manner;
}

/** By the name of a thing (`brightness`), which way it goes or where it lies. */
export type Settlement = Readonly<Record<string, string | number>>;

/**
 * A length on this picture, in whole pixels: as said, or a share of the short side.
 * @throws RetouchError instruction_not_understood, for a length of nothing or of a part of a pixel
 */
export function toPixels(canvas: Size, { pixels, number, share, words }: Order, usualShare: number): number {
  const said = pixels ?? number;
  if (said !== undefined) return toWholePixels(said, words);
  const length = Math.min(canvas.width, canvas.height) * (share ?? usualShare);
  if (length <= 0) throw refuse(words, nothing);
  return Math.max(1, Math.round(length));
}

/** @throws RetouchError instruction_not_understood, for nothing or a part of a pixel: `10,20` is no 10.2 px */
export function toWholePixels(pixels: number, words: string): number {
  if (pixels === 0) throw refuse(words, nothing);
  if (Number.isInteger(pixels)) return pixels;
  throw refuse(words, 'a length is a whole number of pixels.');
}

const nothing = 'that would change nothing; a length is 1 px or more.';

export function round(number: number, decimals = 3): number {
  return Number(number.toFixed(decimals));
}
