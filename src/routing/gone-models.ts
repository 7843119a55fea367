import type { Clock } from '../core/clock.ts';
import type { Model } from '../core/model.ts';

/** Models that their vendor has said are gone, before any date in the catalogue said so. */
export interface GoneModels {
  note(model: Model): void;
  has(model: Model): boolean;
}

/** Then the vendor is asked again: it may have been a slip. */
const rememberedMs = 3_600_000;

export function createGoneModels(clock: Clock): GoneModels {
  const notedAtMs = new Map<string, number>();
  // By the vendor's own name: a dated version may go while the model it is a version of stays.
  const toKey = ({ provider, upstreamId }: Model): string => `${provider} ${upstreamId}`;
  return {
    note: (model) => void notedAtMs.set(toKey(model), clock()),
    has: (model) => clock() - (notedAtMs.get(toKey(model)) ?? Number.NEGATIVE_INFINITY) < rememberedMs,
  };
}
