import { z } from 'zod';

/** Without a trailing slash; a base URL has a path but neither credentials nor a query. */
export const baseUrl = z
  .string()
  .trim()
  .refine((value) => {
    const url = URL.parse(value);
    return url !== null && /^https?:$/.test(url.protocol) && !/[?#@\s]/.test(value);
  })
  .transform((value) => value.replace(/\/+$/, ''));
