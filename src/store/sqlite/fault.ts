import { RetouchError } from '../../core/errors.ts';
import type { Failure } from './messages.ts';

/** A row was refused because of what the table already holds. */
export class ConstraintViolation extends Error {}

const constraint = 19;
/** Wrong SQL or wrong values: faults of ours, not of the disk. */
const ourFaults = [1, 20, 21, 25];

const reasons: Record<number, string> = {
  5: 'another program holds it',
  6: 'another program holds it',
  8: 'it is read-only',
  10: 'the disk failed',
  11: 'its file is damaged',
  13: 'the disk is full',
  14: 'its file cannot be opened',
  26: 'its file is not a database',
};

/** What a failed unit is thrown as. Codes: https://sqlite.org/rescode.html */
export function toError({ message, errcode }: Failure): Error {
  if (errcode === undefined) return new Error(`The database's thread failed: ${message}`);
  // The low byte is the primary code; the rest tells kinds of it apart.
  const code = errcode & 0xff;
  if (code === constraint) return new ConstraintViolation(message);
  if (ourFaults.includes(code)) return new Error(`SQLite refused a statement: ${message}`);
  return toStorageFault(reasons[code] ?? 'it failed', new Error(`SQLite ${errcode}: ${message}`));
}

export function toStorageFault(reason: string, cause?: unknown): RetouchError {
  return new RetouchError('storage_unavailable', `The gateway's database cannot be used: ${reason}.`, {
    cause,
  });
}
