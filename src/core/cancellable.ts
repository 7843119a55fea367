import { RetouchError } from './errors.ts';

/**
 * Does work of our own that ends when the signal is aborted.
 * @throws RetouchError the reason of the signal, or upstream_unreachable: it was aborted, so nothing was done for anybody
 */
export async function cancellable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (!signal.aborted || error instanceof RetouchError) throw error;
    if (signal.reason instanceof RetouchError) throw signal.reason;
    throw new RetouchError('upstream_unreachable', 'The call was cancelled before its picture was made.', {
      cause: error,
    });
  }
}
