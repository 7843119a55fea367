import type { Operation } from '../images/index.ts';
import type { Box } from './box.ts';

/** With more around it than it has itself, the picture would be too small for the model to work on. */
const maxGrowth = 2;

/** The smallest box of the answer's shape that holds the picture; undefined: the margins would outgrow it. */
export function findFrame(picture: Box, answer: Box): Box | undefined {
  const scale = Math.max(picture.width / answer.width, picture.height / answer.height);
  const width = Math.round(answer.width * scale);
  const height = Math.round(answer.height * scale);
  return width * height <= maxGrowth * picture.width * picture.height ? { width, height } : undefined;
}

/** Puts the picture into the middle of the frame, where `crop-to-size` finds it again. */
export function toMargins(picture: Box, frame: Box, colour: string): Operation {
  const [across, down] = [frame.width - picture.width, frame.height - picture.height];
  const [left, top] = [Math.round(across / 2), Math.round(down / 2)];
  return { op: 'pad', top, right: across - left, bottom: down - top, left, colour };
}
