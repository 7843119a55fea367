import { createSlots, type Slots } from '../../core/slots.ts';

export interface FairSlotsSettings {
  places: number;
  /** How many of them one key may have; the rest of what it wants waits in a line of its own. */
  placesPerKey: number;
  /** In each line. */
  maxWaiting: number;
  refuse: () => Error;
}

/** Places that no key can take from all others. */
export interface FairSlots {
  /** As of `Slots`. */
  acquire(keyId: string, signal: AbortSignal): Promise<() => void>;
}

export function createFairSlots(settings: FairSlotsSettings): FairSlots {
  const { places, placesPerKey, maxWaiting, refuse } = settings;
  const all = createSlots(places, maxWaiting, refuse);
  const keys = new Map<string, Slots>();
  return {
    async acquire(keyId, signal) {
      const own = keys.get(keyId) ?? createSlots(placesPerKey, maxWaiting, refuse);
      keys.set(keyId, own);
      const leaveOwn = await own.acquire(signal);
      try {
        const leaveAll = await all.acquire(signal);
        return () => {
          leaveAll();
          leaveOwn();
        };
      } catch (fault) {
        leaveOwn();
        throw fault;
      }
    },
  };
}
