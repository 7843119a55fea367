import type { ServerResponse } from 'node:http';

/** A stream is never silent for longer than its keep-alive, so only a caller that takes nothing gets here. */
const stalledMs = 60_000;

/** Lets go of a caller that stops taking its answer: it would hold spools, and every shutdown, for ever. */
export function dropStalledReader(response: ServerResponse): void {
  response.setTimeout(stalledMs, () => response.destroy());
}
