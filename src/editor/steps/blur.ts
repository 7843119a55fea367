import { amount } from '../level-phrases.ts';
import { refuse } from '../refusal.ts';
import { round, type Step } from '../step.ts';

/** Of the short side. */
const shares = { slight: 0.004, plain: 0.01, strong: 0.025 };
const shareAtFull = 0.05;
const [minPixels, maxPixels] = [0.5, 100];
const [minShare, maxShare] = [0.01, 1];

const length = '[by|of|with] [radius] [of] ({pixels}|{number}) [radius]';

export const blur: Step = {
  name: 'blur',
  does: 'Blurs the picture.',
  phrases: {
    [`[${amount}] blur [[by] ${amount}|${length}]`]: { form: 'verb' },
    [`[${amount}] blurrier [[by] ${amount}|${length}]`]: { form: 'comparative' },
    // Only after "make": in "blurry photo, sharpen it" the word says what is wrong with it.
    [`(make|making) [look] [${amount}] [more] (blurry|blurred)`]: {},
    [`[add] [${amount}|{pixels} [of]] [more] [gaussian] blur [${length}|of {share}]`]: {},
    '{pixels} blur': {},
    '(soften [up]|softer|[add] soft [gaussian] blur)': { strength: 'slight' },
    [`${amount} softer`]: { form: 'comparative' },
    [`(${amount} soften|soften [up] [by] ${amount})`]: { form: 'verb' },
  },
  examples: [
    { say: 'blur it slightly', gives: [{ op: 'blur', sigma: 1.6 }] },
    { say: 'Blur', gives: [{ op: 'blur', sigma: 4 }] },
    { say: 'blur the image a lot', gives: [{ op: 'blur', sigma: 10 }] },
    { say: 'blur by 20 percent', gives: [{ op: 'blur', sigma: 4 }] },
    { say: 'apply a gaussian blur with a radius of 5 px', gives: [{ op: 'blur', sigma: 5 }] },
    { say: 'make it very blurry', gives: [{ op: 'blur', sigma: 10 }] },
    { say: 'add a touch of blur', gives: [{ op: 'blur', sigma: 1.6 }] },
    { say: 'blur 10', gives: [{ op: 'blur', sigma: 10 }] },
    { say: 'soften it', gives: [{ op: 'blur', sigma: 1.6 }] },
  ],
  toOperations({ pixels, number, share, strength = 'plain', words }, { width, height }) {
    const radius = pixels ?? number;
    if (isOutside(radius, minPixels, maxPixels) || isOutside(share, minShare, maxShare)) {
      throw refuse(words, `a blur goes from ${minPixels} to ${maxPixels} px, or from 1 to 100 %.`);
    }
    const part = share === undefined ? shares[strength] : share * shareAtFull;
    const sigma = radius ?? part * Math.min(width, height);
    return [{ op: 'blur', sigma: round(Math.max(minPixels, sigma), 2) }];
  },
};

function isOutside(amount: number | undefined, least: number, most: number): boolean {
  return amount !== undefined && (amount < least || amount > most);
}
