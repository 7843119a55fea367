import type { Clock } from '../core/clock.ts';

/** Models that their vendor has said are gone, before any date in the catalogue said so. */
export interface GoneModels {
  note(id: string): void;
  has(id: string): boolean;
}

/** Then the vendor is asked again: it may have been a slip. */
const rememberedMs = 3_600_000;

export function createGoneModels(clock: Clock): GoneModels {
  const notedAtMs = new Map<string, number>();
  return {
    note: (id) => void notedAtMs.set(id, clock()),
    has: (id) => clock() - (notedAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < rememberedMs,
  };
}
