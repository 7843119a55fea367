import { type ModerationDetails, RetouchError } from '../core/errors.ts';

export interface ErrorBody {
  error: {
    message: string;
    type: string;
    param: string | null;
    code: string;
    status: number;
    moderation_details?: ModerationDetails;
  };
}

/** OpenAI's four keys plus FastRouter's `status` (contract 1.4, 2.4). */
export function toErrorBody({ row, message, param, code, moderation }: RetouchError): ErrorBody {
  const { type, status } = row;
  return {
    error: {
      message,
      type,
      param: param ?? null,
      code,
      status,
      ...(moderation && { moderation_details: moderation }),
    },
  };
}

/** What a caller is told of a fault that is no `RetouchError`: nothing but that it is ours. */
export function toRetouchError(fault: unknown): RetouchError {
  if (fault instanceof RetouchError) return fault;
  return new RetouchError('internal_error', 'A fault of this gateway; its log has the details.', {
    cause: fault,
  });
}
