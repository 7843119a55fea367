import type { EditCall, EditOutcome } from '../core/edit.ts';
import type { Model } from '../core/model.ts';

/** Who serves models. What the models can do is data; the rest is one function. */
export interface Provider {
  id: string;
  models: readonly Model[];
  /** Why live calls cannot be served, as the end of a sentence (`set OPENAI_API_KEY`); undefined: they can. */
  missing?: string;
  /**
   * Does one edit. Ends early when `signal` is aborted.
   * @throws RetouchError only, with codes that say truly whether the work may have been done (reliability 4)
   */
  edit(call: EditCall, signal: AbortSignal): Promise<EditOutcome>;
  close?(): Promise<void>;
}
