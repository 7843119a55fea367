import type { Clock } from '../core/clock.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Providers } from '../providers/index.ts';
import type { Catalog, Finisher, GoneModels, PlanRules } from '../routing/index.ts';

/** What the engine is handed. */
export interface EngineParts {
  catalog: Catalog;
  providers: Providers;
  finisher: Finisher;
  goneModels: GoneModels;
  ledger: Ledger;
  clock: Clock;
  retiredModels: PlanRules['retiredModels'];
  largePictures: PlanRules['largePictures'];
  /** Told of faults that must not fail an edit that is done. */
  onFault: (fault: unknown, requestId: string) => void;
}
