import { refuse } from './refusal.ts';
import type { Strength } from './said.ts';
import { type Order, round } from './step.ts';

/** What `a bit smaller`, `smaller` and `much smaller` stand for. */
const shares: Readonly<Record<Strength, number>> = { slight: 0.1, plain: 0.25, strong: 0.5 };

/**
 * How many times as long a side becomes. `shrink 2x` is a half; `shrink by 20 %` is 0.8.
 * @throws RetouchError instruction_not_understood
 */
export function toScaleFactor(order: Order): number {
  const { target, factor, multiple, times, number, sign = 1 } = order;
  const along = factor ?? multiple ?? times ?? number;
  const scale = target ?? (along === undefined ? toFactorOfShare(order) : along ** sign);
  if (scale > 0 && Number.isFinite(scale)) return round(scale, 4);
  throw refuse(order.words, 'a size is more than 0 % of what it was.');
}

function toFactorOfShare({ share, strength = 'plain', sign = 1, bare, words }: Order): number {
  if (share === undefined || !bare) return 1 + sign * (share ?? shares[strength]);
  // "Enlarge 150%" can only mean to 150 %, "enlarge 50%" only by 50 %, and "shrink 50%" is both.
  if (sign === 1 && share !== 1) return share > 1 ? share : 1 + share;
  if (sign === -1 && share === 0.5) return share;
  throw refuse(words, 'say whether "by" or "to" so many per cent.');
}
