import { refuse } from '../refusal.ts';
import { type Canvas, type Order, round, type Step } from '../step.ts';

const verb = '(rotate|turn|spin|rotated|turned)';
/** Verbs that do not say how far. */
const lean = '(tilt|straighten)';

const unit = '(degrees|degree|deg)';
const angle = `({arc}|{degrees} [${unit}])`;
const bareAngle = `({arc}|{degrees} ${unit})`;

/** Less is not seen. */
const leastDegrees = 0.1;

export const rotate: Step = {
  name: 'rotate',
  does: 'Turns the picture by any angle, or to portrait or landscape; the corners this opens are transparent, or white.',
  phrases: {
    [`${verb} [by] ${angle} [[to] {turn}]`]: {},
    [`${verb} [to] {turn} [[by] ${angle}]`]: {},
    [`${bareAngle} [to] {turn} [turn|rotation]`]: {},
    [`${bareAngle} (turn|rotation) [[to] {turn}]`]: {},
    '{arc}': {},
    [`[${verb}] (upside down|half turn)`]: { arc: 180 },
    [`tilt [by] ${angle} [[to] {turn}]`]: {},
    [`${lean} [by] ${angle} [to] {turn}`]: {},
    [`${lean} [to] {turn} [by] ${angle}`]: {},
    // Not "turn": "turn it into a landscape" asks for another picture.
    '(rotate|rotated) (to|into) {shape} [format|orientation|mode]': {},
    '(rotate|spin)': { asks: 'say how far: "rotate 90° clockwise"' },
    [`(tilt [[to] {turn}]|straighten [[by] ${angle}])`]: {
      asks: 'say how far and which way: "rotate by 2 degrees to the left"',
    },
  },
  examples: [
    { say: 'rotate 90° clockwise', gives: [{ op: 'rotate', degrees: 90 }] },
    { say: 'rotate it counter-clockwise', gives: [{ op: 'rotate', degrees: 270 }] },
    { say: 'a quarter turn left', gives: [{ op: 'rotate', degrees: 270 }] },
    { say: 'turn the picture upside down', gives: [{ op: 'rotate', degrees: 180 }] },
    { say: 'rotate by 12.5 degrees to the right', gives: [{ op: 'rotate', degrees: 12.5 }] },
    { say: 'rotate -90', gives: [{ op: 'rotate', degrees: 270 }] },
    { say: 'turn it right', gives: [{ op: 'rotate', degrees: 90 }] },
    { say: 'tilt it 5 degrees', gives: [{ op: 'rotate', degrees: 5 }] },
    { say: 'rotate to portrait', gives: [{ op: 'rotate', degrees: 90 }] },
  ],
  toOperations(order, canvas) {
    const { arc, degrees = arc, turn = 1, shape, words } = order;
    if (shape) checkTurns(order, canvas);
    const clockwise = (degrees ?? 90) * turn;
    if (!(Math.abs(clockwise) >= leastDegrees && Math.abs(clockwise) <= 360 - leastDegrees)) {
      throw refuse(words, `an angle is at least ${leastDegrees} and less than 360 degrees.`);
    }
    return [{ op: 'rotate', degrees: round((clockwise + 360) % 360) }];
  },
};

/** A quarter turn makes portrait of landscape, and the other way round; nothing else. */
function checkTurns({ shape = { width: 1, height: 1 }, words }: Order, { width, height }: Canvas): void {
  if (shape.width === shape.height) {
    throw refuse(words, 'turning makes portrait or landscape; say "crop to a square".');
  }
  if ((width - height) * (shape.width - shape.height) >= 0) {
    throw refuse(
      words,
      `the picture is ${width}x${height} px, so turning it does not help; say "crop to" a shape.`,
    );
  }
}
