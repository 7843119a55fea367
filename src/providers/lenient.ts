import { z } from 'zod';
import { LongText } from '../core/json-outline.ts';

/** What comes from a vendor is read leniently: a fact of another type than foreseen counts as not told. */
export const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** A string, wherever it is. */
export const textWire = z.union([z.string(), z.instanceof(LongText)]);

export const countWire = z.number().int().nonnegative();
