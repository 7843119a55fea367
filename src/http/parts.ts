import type { Access } from '../access/index.ts';
import type { Blobs, Links } from '../blobs/index.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Model } from '../core/model.ts';
import type { Engine } from '../engine/index.ts';
import type { Intake } from '../intake/index.ts';

/** What the routes are handed. */
export interface HttpParts {
  access: Access;
  intake: Intake;
  engine: Engine;
  catalog: {
    list(): readonly Model[];
    /** @throws RetouchError model_not_found */
    get(name: string): Model;
  };
  blobs: Blobs;
  links: Links;
  clock: Clock;
  log: Log;
  config: {
    host: string;
    port: number;
    publicUrl: string | undefined;
    allowedHosts: readonly string[] | undefined;
    drainMs: number;
    resultLifetimeSeconds: number;
    /** Silence on a stream after which a comment is sent. */
    keepAliveMs: number;
  };
}

/** What the routes are handed besides. */
export interface RouteParts extends HttpParts {
  /** The address callers use, without a trailing slash. */
  baseUrl: () => string;
}
