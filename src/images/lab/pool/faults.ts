import { RetouchError } from '../../../core/errors.ts';

const killedRetryMs = 5_000;

export function toTimeout(name: string, timeoutMs: number): RetouchError {
  return new RetouchError(
    'image_too_complex',
    `Working on ${name} took more than ${timeoutMs / 1000} seconds. Send a smaller picture or ask for fewer steps.`,
    { param: name },
  );
}

export function toCrash(name: string, cause: string): RetouchError {
  return new RetouchError(
    'image_too_complex',
    `The process that worked on ${name} broke off: the picture takes more memory than this gateway allows, or it is damaged. ` +
      'Send a smaller picture, or save it again with an image program.',
    { param: name, cause },
  );
}

/** The system ended the process, as it does when the machine's memory is used up: hardly the picture's fault. */
export class KilledFault extends RetouchError {
  constructor(name: string, cause: string) {
    super(
      'server_busy',
      `The process that worked on ${name} was ended by the system, most likely for want of memory. Try again a little later.`,
      { cause, retryAfterMs: killedRetryMs },
    );
  }
}

export function toInternalFault(cause: unknown): RetouchError {
  return new RetouchError('internal_error', 'The picture could not be edited, by a fault of this gateway.', {
    cause,
  });
}

export function toBusy(retryAfterMs: number): RetouchError {
  return new RetouchError('server_busy', 'Too many pictures wait to be edited. Try again a little later.', {
    retryAfterMs,
  });
}
