import { z } from 'zod';
import { type ErrorCode, errorCatalogue } from '../../core/errors.ts';
import type { Recipe } from '../recipe.ts';
import type { RenderLimits } from './render.ts';

/** What a child is told at its start, as JSON in its first argument. */
export interface ChildOptions {
  memoryBytes: number;
  /** How many threads libvips uses. */
  threads: number;
}

interface Enclosed {
  name: string;
  byteLength: number;
}

/** A job; the bytes of the picture, the mask and the original follow it, in this order. */
export interface JobMessage {
  image: Enclosed;
  mask?: Enclosed;
  original?: Enclosed;
  recipe: Recipe;
  limits: RenderLimits;
}

/** A child reads hostile pictures, so what it says is checked like anything from outside. */
export const replySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({
    kind: z.literal('rendered'),
    width: z.int().positive(),
    height: z.int().positive(),
    hasAlpha: z.boolean(),
    format: z.enum(['png', 'jpeg', 'webp']),
    unkept: z.array(z.enum(['profile', 'depth'])).max(2),
    /** Length of the result, which follows. */
    byteLength: z
      .int()
      .positive()
      .max(1024 * 1024 * 1024),
  }),
  z.object({
    kind: z.literal('refused'),
    code: z.custom<ErrorCode>((code) => typeof code === 'string' && Object.hasOwn(errorCatalogue, code)),
    message: z.string().max(4_000),
    param: z.string().max(200).optional(),
    /** For the log. */
    detail: z.string().max(4_000).optional(),
  }),
]);

export type Reply = z.infer<typeof replySchema>;
