import { z } from 'zod';

/** One thing an operator can set by environment. Each room keeps its own in its `config.ts`. */
export interface Setting<T> {
  env: string;
  /** Reads the text of the variable. */
  schema: z.ZodType<T, string>;
  /** Undefined: nothing is set, and the value is undefined too. */
  default: T;
  /** What is expected, as the end of "must be ...". */
  form: string;
  example: string;
  /** One sentence for the docs. */
  doc: string;
  /** Never shown, not even in a complaint about it. */
  secret?: boolean;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of a room's settings. */
export type Config<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** A whole number between `min` and `max`, with `_` or `,` allowed between groups of three digits: `1,5` is no number here. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number, string> {
  return z
    .string()
    .trim()
    .regex(/^(\d+|\d{1,3}([_,]\d{3})+)$/)
    .transform((text) => Number(text.replace(/[_,]/g, '')))
    .pipe(z.number().int().min(min).max(max));
}

/** Text that is not empty. */
export function text(minLength = 1): z.ZodType<string | undefined, string> {
  return z.string().trim().min(minLength);
}

/** Without a trailing slash; a base URL has a path but neither credentials nor a query. */
export const baseUrl: z.ZodType<string, string> = z
  .string()
  .trim()
  .refine((value) => {
    const url = URL.parse(value);
    return url !== null && /^https?:$/.test(url.protocol) && !/[?#@\s]/.test(value);
  })
  .transform((value) => value.replace(/\/+$/, ''));

/** What may stand in a header of HTTP: a key, an id. */
export const headerText: z.ZodType<string, string> = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/);
