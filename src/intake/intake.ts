import type { Config } from '../core/setting.ts';
import type { ImageLimits } from '../images/index.ts';
import { type Arrival, type Call, createArrival } from './arrival.ts';
import type { intakeSettings } from './config.ts';
import { LinkRate } from './link-rate.ts';
import { createRemote } from './remote/remote.ts';
import { createSpooler, type SpoolerStats } from './spool.ts';

export interface IntakeSettings extends Config<typeof intakeSettings>, ImageLimits {
  /** Largest area of all pictures of a request together. */
  maxRequestPixels: number;
  /** For bodies that memory has no room for; nobody else's, since `sweep` empties it. */
  directory: string;
}

export interface Intake {
  receive(call: Call): Arrival;
  stats(): SpoolerStats;
  /** Removes what a crash left behind; to be called before the first request. @throws RetouchError storage_unavailable */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Takes in requests' bodies, and the pictures they link to, under limits. */
export function createIntake(settings: IntakeSettings): Intake {
  const spooler = createSpooler({
    directory: settings.directory,
    memoryBytes: settings.spoolMemoryBytes,
    diskBytes: settings.spoolDiskBytes,
  });
  const linkRate = new LinkRate(settings.imageUrlsPerMinute, Date.now);
  const remote = createRemote({
    allow: settings.imageUrlAllow ?? [],
    totalTimeoutMs: settings.imageUrlTimeoutMs,
    maxBytes: settings.maxImageBytes - 1,
  });
  return {
    receive: (call) =>
      createArrival(call, { scope: spooler.openScope(call.id), remote, linkRate, limits: settings }),
    stats: spooler.stats,
    sweep: spooler.sweep,
    async close() {
      await remote.close();
      await spooler.close();
    },
  };
}
