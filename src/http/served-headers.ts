import { type NanoUsd, toUsd } from '../core/money.ts';
import type { Served } from '../engine/index.ts';

const maxIdCharacters = 1_000;

/** The headers that say who served an edit and what was not done exactly as asked (design 3). */
export function toServedHeaders(served: Served, costNanoUsd?: NanoUsd): Record<string, string> {
  const adapted = [...new Set(served.warnings.map((warning) => warning.param))];
  return {
    ...toServingHeaders(served),
    ...(costNanoUsd !== undefined && { 'retouch-cost-usd': formatUsd(costNanoUsd) }),
    ...(adapted.length > 0 && { 'retouch-adapted': adapted.join(', ') }),
    ...toLifecycleHeaders(served.asked.retiredOn),
  };
}

/** Who was asked, also where it failed. */
export function toServingHeaders({ model, provider, attempts, upstreamIds }: Served): Record<string, string> {
  return {
    'retouch-model': model.id,
    'retouch-provider': provider,
    'retouch-attempts': String(attempts),
    ...(upstreamIds.length > 0 && { 'retouch-upstream-id': toHeaderValue(upstreamIds) }),
  };
}

/** What came from a vendor goes into a header only if it may stand there. */
function toHeaderValue(ids: readonly string[]): string {
  return ids
    .join(',')
    .replace(/[^\x21-\x7e]/g, '')
    .slice(0, maxIdCharacters);
}

/** RFC 9745 and RFC 8594: the model that was asked for is, or will be, gone. */
function toLifecycleHeaders(retiredOn: string | undefined): Record<string, string> {
  if (retiredOn === undefined) return {};
  const day = new Date(`${retiredOn}T00:00:00Z`);
  return { deprecation: `@${day.getTime() / 1000}`, sunset: day.toUTCString() };
}

/** Never in exponents: `0.00000003`. */
function formatUsd(costNanoUsd: NanoUsd): string {
  return toUsd(costNanoUsd)
    .toFixed(9)
    .replace(/\.?0+$/, '');
}
