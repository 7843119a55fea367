import { amount } from '../level.ts';
import { refuse } from '../refusal.ts';
import { round, type Step } from '../step.ts';

/** Of the short side. */
const shares = { slight: 0.004, plain: 0.01, strong: 0.025 };
const shareAtFull = 0.05;
const maxPixels = 100;

const length = '[by|of|with] [radius] [of] {pixels}';

export const blur: Step = {
  name: 'blur',
  does: 'Blurs the picture.',
  phrases: {
    [`[${amount}] (blur|blurrier) [[by] ${amount}|${length}]`]: {},
    // Only after "make": in "blurry photo, sharpen it" the word says what is wrong with it.
    [`make [look] [${amount}] [more] (blurry|blurred)`]: {},
    [`add [${amount}|{pixels} [of]] [gaussian] blur [${length}|of {share}]`]: {},
    [`[${amount}|{pixels}] gaussian blur [${length}]`]: {},
    '{pixels} blur': {},
  },
  examples: [
    { say: 'blur it slightly', gives: [{ op: 'blur', sigma: 1.6 }] },
    { say: 'Blur', gives: [{ op: 'blur', sigma: 4 }] },
    { say: 'blur the image a lot', gives: [{ op: 'blur', sigma: 10 }] },
    { say: 'blur by 20 percent', gives: [{ op: 'blur', sigma: 4 }] },
    { say: 'apply a gaussian blur with a radius of 5 px', gives: [{ op: 'blur', sigma: 5 }] },
    { say: 'make it very blurry', gives: [{ op: 'blur', sigma: 10 }] },
    { say: 'add a touch of blur', gives: [{ op: 'blur', sigma: 1.6 }] },
  ],
  toOperations({ pixels, share, strength = 'plain', words }, { width, height }) {
    if (pixels === 0 || share === 0) throw refuse(words, 'that would change nothing.');
    if ((pixels ?? 0) > maxPixels || (share ?? 0) > 1) {
      throw refuse(words, `a blur goes up to ${maxPixels} px or 100 %.`);
    }
    const part = share === undefined ? shares[strength] : share * shareAtFull;
    const sigma = pixels ?? part * Math.min(width, height);
    return [{ op: 'blur', sigma: round(Math.max(0.5, sigma), 2) }];
  },
};
