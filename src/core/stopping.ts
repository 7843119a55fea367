import { RetouchError } from './errors.ts';

/** What is under way here, or about to be, ends with this gateway. */
export function toStopping(): RetouchError {
  return new RetouchError('server_stopping', 'This gateway is shutting down; try again in a moment.', {
    retryAfterMs: 1_000,
  });
}
