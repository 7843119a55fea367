import { RetouchError } from '../core/errors.ts';
import type { Answer } from './exchange.ts';
import { TransportFault, type TransportPhase } from './transport-fault.ts';

const maxErrorBytes = 65_536;

const faults = {
  'not-sent': {
    code: 'upstream_unreachable',
    toMessage: (vendor, clause) => `${vendor} could not be reached: ${clause}. Nothing was sent; try again.`,
  },
  sent: {
    code: 'upstream_outcome_unknown',
    toMessage: (vendor, clause) =>
      `No answer came from ${vendor}: ${clause}. The edit may have been done and billed, so it is not repeated.`,
  },
  answered: {
    code: 'upstream_invalid_response',
    toMessage: (vendor, clause) =>
      `The answer of ${vendor} could not be taken: ${clause}. The edit was probably done and billed.`,
  },
} as const satisfies Record<
  TransportPhase,
  { code: RetouchError['code']; toMessage: (vendor: string, clause: string) => string }
>;

/** What a failed connection means for the caller and the bill (reliability 4). Other errors pass. */
export function toUpstreamError(error: unknown, vendor: string): unknown {
  if (!(error instanceof TransportFault)) return error;
  const { code, toMessage } = faults[error.phase];
  return new RetouchError(code, toMessage(vendor, error.message), { cause: error });
}

/** The first 64 KB of a refusal; what came of it, where the connection fails meanwhile. */
export async function readErrorBody({ pieces }: Answer): Promise<string> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      held.push(piece);
      bytes += piece.length;
      if (bytes >= maxErrorBytes) break;
    }
  } catch (error) {
    if (!(error instanceof TransportFault)) throw error;
  }
  return Buffer.concat(held).toString('utf8', 0, maxErrorBytes);
}

/** How long the vendor wants to be left alone. */
export function readRetryAfter(headers: Answer['headers'], nowMs: number): number | undefined {
  const exact = headers['retry-after-ms'];
  const text = exact ?? headers['retry-after'];
  if (text === undefined) return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * (exact === undefined ? 1_000 : 1)
    : Date.parse(text) - nowMs;
  return Number.isFinite(waitMs) ? Math.max(0, Math.round(waitMs)) : undefined;
}
