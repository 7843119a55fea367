import { z } from 'zod';
import type { RoutingWishes } from '../core/edit.ts';

/** Switches arrive as text in multipart and as booleans in JSON. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** A list of texts, or one text for a list of one. */
export const names = z.union([z.array(z.string()), z.string().transform((one) => [one])]);

const tag = z.string().max(100);

/** The caller's own labels: few and short, since they are kept with the record of the request. */
export const tags = z.union([z.array(tag).max(16), tag.transform((one) => [one])]);

/** `provider` of a request (contract 1.6). With one provider a model, `sort` has nothing to choose between. */
export const providerWishes = z.strictObject({
  order: names.optional(),
  only: names.optional(),
  ignore: names.optional(),
  allow_fallbacks: flag.optional(),
  sort: z.enum(['price', 'throughput', 'latency']).optional(),
  require_parameters: flag.optional(),
});

interface WishFields {
  models?: readonly string[] | null | undefined;
  provider?: z.output<typeof providerWishes> | null | undefined;
}

export function toRoutingWishes({ models, provider }: WishFields): RoutingWishes {
  const { order, only, ignore, allow_fallbacks: allowFallbacks = true } = provider ?? {};
  return {
    models: models ?? [],
    ...(order && { order }),
    ...(only && { only }),
    ...(ignore && { ignore }),
    allowFallbacks,
    requireParameters: provider?.require_parameters ?? false,
  };
}
