import { abortWith } from '../core/abort-with.ts';

/** Ends the work when the caller goes away, except while it is being paid for. */
export interface CallerWatch {
  signal: AbortSignal;
  /** From now on the work goes on without its caller: it is paid for, so its cost must be learnt. */
  detach(): void;
  /** From now on the caller is followed again; also if it has gone meanwhile. */
  attach(): void;
  close(): void;
}

export function watchCaller(caller: AbortSignal): CallerWatch {
  const work = new AbortController();
  let leave = abortWith(caller, work);
  const detach = (): void => leave();
  const attach = (): void => {
    leave();
    leave = abortWith(caller, work);
  };
  return { signal: work.signal, attach, detach, close: detach };
}
