import { type Setting, type Settings, wholeNumber } from '../core/setting.ts';
import { remoteSettings } from './remote/config.ts';

const mebibyte = 1024 * 1024;

const bytes = (env: string, byDefault: number, min: number, doc: string): Setting<number> => ({
  env,
  schema: wholeNumber(min),
  default: byDefault,
  form: `a whole number of bytes, at least ${min}`,
  example: String(byDefault),
  doc,
});

export const intakeSettings = {
  maxImageBytes: bytes(
    'RETOUCH_MAX_IMAGE_BYTES',
    50 * mebibyte,
    1024,
    'Each picture of a request must be smaller than this.',
  ),
  maxMaskBytes: bytes('RETOUCH_MAX_MASK_BYTES', 4 * mebibyte, 1024, 'A mask must be smaller than this.'),
  maxRequestBytes: bytes(
    'RETOUCH_MAX_REQUEST_BYTES',
    850 * mebibyte,
    1024,
    'The longest multipart body that is accepted.',
  ),
  maxJsonBytes: bytes(
    'RETOUCH_MAX_JSON_BYTES',
    100 * mebibyte,
    1024,
    'The longest JSON body that is accepted. Base64 makes a picture a third longer.',
  ),
  spoolMemoryBytes: bytes(
    'RETOUCH_SPOOL_MEMORY_BYTES',
    64 * mebibyte,
    0,
    'Memory for the bodies of all requests and replies together, at most a sixteenth for each; what does not fit is kept in files.',
  ),
  spoolDiskBytes: bytes(
    'RETOUCH_SPOOL_DISK_BYTES',
    16 * 1024 * mebibyte,
    0,
    'Disk for the bodies of all requests that memory has no room for, and for the pictures they link to. When it is full, requests are refused with 503 until others are done; what a vendor answers is kept in any case.',
  ),
  minUploadBytesPerSecond: bytes(
    'RETOUCH_MIN_UPLOAD_RATE',
    16 * 1024,
    0,
    'An upload that stays slower than this many bytes a second for 20 seconds is given up; 0 allows any rate.',
  ),
  ...remoteSettings,
} satisfies Settings;
