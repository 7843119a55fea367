import { refuse } from './refusal.ts';
import type { Instruction } from './step.ts';

/** What was just added, of which a further clause may be meant as well as of the picture. */
interface Antecedent {
  /** What names it, where it may go without a name: `frame it and make it larger`. */
  named?: RegExp;
  /** Steps of which "it" may be this. */
  steps: readonly string[];
  /** Whether all that follows "with" belongs to it. */
  takesWith?: true;
  asks: string;
}

interface Doubt extends Antecedent {
  /** Whether the clause before named the picture as well: then "it" is that. */
  onPicture: boolean;
}

const ofSurround: Antecedent = {
  named: /\b(?:borders?|padding|margins?|space)\b|\bframes?\b(?!\s+(?:it|this|that|the|my)\b)/v,
  steps: ['resize'],
  asks: 'say "the picture" if that is meant, or say how wide what is added is to be: "add a border of 20 px".',
};

const antecedents: Readonly<Record<string, Antecedent>> = {
  caption: {
    steps: ['rotate', 'flip', 'resize', 'border', 'pad'],
    takesWith: true,
    asks: 'say "the picture" if that is meant; a caption can be given a place, a colour, and small or large letters.',
  },
  border: ofSurround,
  pad: ofSurround,
};

/** Things of their own, which are added without a verb too. */
const additions = ['border', 'pad'];
const picture = /\b(?:picture|image|photo|photograph|pic|everything)s?\b/v;
const namesPicture =
  /\b(?:on|onto|over|to|in)\s+(?:it|(?:the|my|this)\s+(?:picture|image|photo|photograph|pic))\b/v;
const pronoun = /\b(?:it|its|this|that)\b/v;
/** They are said of the picture, where they do not say of what. `rotated` and `a bit larger` may go on about anything. */
const commands =
  /^(?:rotate|turn|spin|tilt|straighten|flip|mirror|reflect|horizontal(?:ly)?|vertical(?:ly)?|do|resize|rescale|scale|resample|shrink|downscale|downsize|enlarge|upscale|magnify)\b/iv;

/**
 * Asks back where what follows a caption or a border may be meant of that.
 * @throws RetouchError instruction_not_understood
 */
export function checkBearing(instructions: readonly Instruction[]): void {
  for (const [index, instruction] of instructions.entries()) {
    const before = instructions[index - 1];
    const antecedent = before && antecedents[before.step.name];
    const isNamed = antecedent?.named?.test(before?.manner.clause ?? '') ?? true;
    const onPicture = namesPicture.test(before?.manner.clause ?? '');
    if (antecedent && isNamed && isDoubtful(instruction, { ...antecedent, onPicture })) {
      throw refuse(instruction.order.words, antecedent.asks);
    }
  }
}

function isDoubtful({ step, order, manner }: Instruction, { steps, takesWith, onPicture }: Doubt): boolean {
  const { joints, clause } = manner;
  if (picture.test(clause) || step.name === 'caption') return false;
  // The lines of a list are each about the picture.
  if (joints.includes('\n')) return false;
  if (takesWith && (joints.includes('with') || (!manner.isOpened && isBareTone(order)))) return true;
  if (!steps.includes(step.name) || isShape(order)) return false;
  const isCommand = additions.includes(step.name) || commands.test(order.words);
  if (isCommand && isToSize(order)) return false;
  return !isCommand || (pronoun.test(clause) && !onPicture);
}

/** `darker`, `in sepia`: letters have a colour too. */
function isBareTone({ form, words }: Instruction['order']): boolean {
  return form === 'comparative' || /^in\b/iv.test(words);
}

/** A border has a width and letters have a height, but only a picture has both, or a shape. */
function isShape({ size, width, height, ratio, shape }: Instruction['order']): boolean {
  const isBoth = width !== undefined && height !== undefined;
  return isBoth || [size, ratio, shape].some((said) => said !== undefined);
}

function isToSize({ width, height }: Instruction['order']): boolean {
  return width !== undefined || height !== undefined;
}
