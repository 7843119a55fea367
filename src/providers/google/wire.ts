import { z } from 'zod';
import { countWire, lenient, textWire } from '../lenient.ts';

const tokensWire = lenient(
  z.array(z.object({ modality: lenient(z.string()), tokenCount: lenient(countWire) })),
);

/** Lists what they like of the counts: the rest of each total is text (contract 3.3, trap 1). */
const usageWire = z.object({
  promptTokenCount: countWire,
  promptTokensDetails: tokensWire,
  candidatesTokenCount: lenient(countWire),
  candidatesTokensDetails: tokensWire,
  thoughtsTokenCount: lenient(countWire),
  totalTokenCount: lenient(countWire),
  cachedContentTokenCount: lenient(countWire),
  cacheTokensDetails: tokensWire,
});

const partWire = z.object({
  text: lenient(textWire),
  inlineData: lenient(z.object({ data: lenient(textWire) })),
  thought: lenient(z.boolean()),
  thoughtSignature: lenient(textWire),
});

const candidateWire = z.object({
  content: lenient(z.object({ parts: lenient(z.array(partWire.catch({}))) })),
  finishReason: lenient(z.string()),
  finishMessage: lenient(textWire),
});

const violationWire = z.object({
  quotaId: lenient(z.string()),
  quotaValue: lenient(z.union([z.string(), z.number()])),
});

/** google.rpc.Status with the details that matter here: ErrorInfo, RetryInfo and QuotaFailure. */
export const errorWire = z.object({
  message: lenient(textWire),
  status: lenient(z.string()),
  details: lenient(
    z.array(
      z.object({
        reason: lenient(z.string()),
        retryDelay: lenient(z.string()),
        violations: lenient(z.array(violationWire)),
      }),
    ),
  ),
});

/** A whole answer, or one event of a stream: the shape is the same. */
export const chunkWire = z.object({
  candidates: lenient(z.array(candidateWire.catch({}))),
  promptFeedback: lenient(
    z.object({ blockReason: lenient(z.string()), blockReasonMessage: lenient(textWire) }),
  ),
  usageMetadata: lenient(usageWire),
  responseId: lenient(z.string()),
  error: lenient(errorWire),
});

export type UsageWire = z.infer<typeof usageWire>;
export type PartWire = z.infer<typeof partWire>;
export type ChunkWire = z.infer<typeof chunkWire>;
export type ErrorWire = z.infer<typeof errorWire>;
