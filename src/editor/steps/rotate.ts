import { refuse } from '../refusal.ts';
import type { Step } from '../step.ts';

const verb = '(rotate|turn|spin|rotated|turned)';

const unit = '(degrees|degree|deg)';
const angle = `({arc}|{degrees} [${unit}])`;
const bareAngle = `({arc}|{degrees} ${unit})`;

export const rotate: Step = {
  name: 'rotate',
  does: 'Turns the picture by any angle; the corners this opens are transparent, or white.',
  phrases: {
    [`${verb} [by] ${angle} [[to] {turn}]`]: {},
    [`${verb} [to] {turn} [[by] ${angle}]`]: {},
    [`${bareAngle} [to] {turn} [turn|rotation]`]: {},
    [`${bareAngle} (turn|rotation) [[to] {turn}]`]: {},
    [`[${verb}] (upside down|half turn)`]: { sign: -1 },
  },
  examples: [
    { say: 'rotate 90° clockwise', gives: [{ op: 'rotate', degrees: 90 }] },
    { say: 'rotate it counter-clockwise', gives: [{ op: 'rotate', degrees: 270 }] },
    { say: 'a quarter turn left', gives: [{ op: 'rotate', degrees: 270 }] },
    { say: 'turn the picture upside down', gives: [{ op: 'rotate', degrees: 180 }] },
    { say: 'rotate by 12.5 degrees to the right', gives: [{ op: 'rotate', degrees: 12.5 }] },
    { say: 'rotate -90', gives: [{ op: 'rotate', degrees: 270 }] },
    { say: 'turn it right', gives: [{ op: 'rotate', degrees: 90 }] },
  ],
  toOperations({ arc, degrees = arc, turn = 1, sign, words }) {
    const usual = sign === -1 ? 180 : 90;
    const clockwise = (degrees ?? usual) * turn;
    if (!(Math.abs(clockwise) > 0 && Math.abs(clockwise) < 360)) {
      throw refuse(words, 'an angle is more than 0 and less than 360 degrees.');
    }
    return [{ op: 'rotate', degrees: (clockwise + 360) % 360 }];
  },
};
