import { amount } from '../level-phrases.ts';
import { refuse } from '../refusal.ts';
import { round, type Step } from '../step.ts';

const full = [0.393, 0.769, 0.189, 0.349, 0.686, 0.168, 0.272, 0.534, 0.131];
const unchanged = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const shares = { slight: 0.4, plain: 1, strong: 1 };

/** The full matrix, mixed with the unchanged picture. */
function toMatrix(share: number): number[] {
  return full.map((weight, index) => round(weight * share + (unchanged[index] ?? 0) * (1 - share), 4));
}

export const sepia: Step = {
  name: 'sepia',
  does: 'Gives the brown tones of an old photograph.',
  phrases: {
    [`[(convert|turn|change|transform) [to|into|in]|add|in|into|to] [${amount}] sepia [toned|tone|tones] [filter|effect|look]`]:
      {},
  },
  examples: [
    { say: 'turn it into sepia', gives: [{ op: 'matrix', matrix: full }] },
    { say: 'add a sepia tone', gives: [{ op: 'matrix', matrix: full }] },
    { say: 'slightly sepia', gives: [{ op: 'matrix', matrix: toMatrix(0.4) }] },
    { say: 'apply a 50% sepia filter', gives: [{ op: 'matrix', matrix: toMatrix(0.5) }] },
  ],
  toOperations({ share, strength = 'plain', words }) {
    const mix = share ?? shares[strength];
    if (mix <= 0 || mix > 1) throw refuse(words, 'sepia goes from 1 to 100 %.');
    return [{ op: 'matrix', matrix: toMatrix(mix) }];
  },
};
