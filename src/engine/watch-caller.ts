/** Ends the work when the caller goes away, until the work has been paid for. */
export interface CallerWatch {
  signal: AbortSignal;
  /** From now on the work goes on without its caller: it is paid for, so its cost must be learnt. */
  detach(): void;
  close(): void;
}

export function watchCaller(caller: AbortSignal): CallerWatch {
  const work = new AbortController();
  const follow = (): void => work.abort(caller.reason);
  if (caller.aborted) follow();
  caller.addEventListener('abort', follow, { once: true });
  const detach = (): void => caller.removeEventListener('abort', follow);
  return { signal: work.signal, detach, close: detach };
}
