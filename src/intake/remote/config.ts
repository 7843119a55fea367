import { z } from 'zod';
import { type Settings, wholeNumber } from '../../core/setting.ts';
import { findPlaces } from './allow.ts';

const hostList = z
  .string()
  .transform((list) => list.split(',').map((entry) => entry.trim()))
  .transform((entries) => entries.filter((entry) => entry !== ''))
  .refine((entries) => entries.every((entry) => findPlaces(entry) !== undefined));

export const remoteSettings = {
  imageUrlAllow: {
    env: 'RETOUCH_IMAGE_URL_ALLOW',
    schema: hostList,
    default: undefined as readonly string[] | undefined,
    form: 'host names or addresses, each with a port if it is not 80 or 443, separated by commas',
    example: 'minio.internal:9000, pictures.lan',
    doc: 'Hosts that links to pictures may lead to although they are private or http. All others must be public, https and on port 443. For certificates of your own, start with NODE_EXTRA_CA_CERTS.',
  },
  imageUrlsPerMinute: {
    env: 'RETOUCH_IMAGE_URLS_PER_MINUTE',
    schema: wholeNumber(1, 1_000_000),
    default: 240,
    form: 'a whole number from 1 to 1,000,000',
    example: '60',
    doc: 'How many links to pictures are followed for each key in a minute. A request with more links than are left is told 429 and when there will be enough, one with more than a minute has is told 400; none of them is followed then.',
  },
  imageUrlTimeoutMs: {
    env: 'RETOUCH_IMAGE_URL_TIMEOUT_MS',
    schema: wholeNumber(1_000, 600_000),
    default: 30_000,
    form: 'a whole number of milliseconds from 1,000 to 600,000',
    example: '30000',
    doc: 'How long fetching a linked picture may take, redirects included.',
  },
} satisfies Settings;
