import { type Setting, type Settings, wholeNumber } from '../core/setting.ts';

const maxImageSide: Setting<number> = {
  env: 'RETOUCH_MAX_IMAGE_SIDE',
  schema: wholeNumber(64, 16_384),
  default: 16_384,
  form: 'a whole number of pixels from 64 to 16384',
  example: '8192',
  doc: 'Longest side of a picture, in pixels, that is accepted or made.',
};

const maxImagePixels: Setting<number> = {
  env: 'RETOUCH_MAX_IMAGE_PIXELS',
  schema: wholeNumber(4_096, 50_000_000),
  default: 50_000_000,
  form: 'a whole number of pixels from 4096 to 50000000',
  example: '25000000',
  doc: 'Largest area (width x height) of a picture, in pixels, that is accepted or made.',
};

const maxRequestPixels: Setting<number> = {
  env: 'RETOUCH_MAX_REQUEST_PIXELS',
  schema: wholeNumber(4_096, 800_000_000),
  default: 800_000_000,
  form: 'a whole number of pixels from 4096 to 800000000',
  example: '100000000',
  doc: 'Largest area of all pictures of a request together, in pixels. They are not decoded on their way to a vendor, so by default it is as much as sixteen may have.',
};

const labProcesses: Setting<number> = {
  env: 'RETOUCH_LAB_PROCESSES',
  schema: wholeNumber(1, 64),
  default: 2,
  form: 'a whole number from 1 to 64',
  example: '4',
  doc: 'How many child processes of the embedded editor may work at the same time; each works on one picture.',
};

const labTimeoutMs: Setting<number> = {
  env: 'RETOUCH_LAB_TIMEOUT_MS',
  schema: wholeNumber(1_000, 600_000),
  default: 20_000,
  form: 'a whole number of milliseconds from 1000 to 600000',
  example: '30000',
  doc: 'How long the lab, which also does the work of the embedded editor, may work on one picture before its process is killed; five times as long where it finishes what has been paid for.',
};

const labMemoryBytes: Setting<number> = {
  env: 'RETOUCH_LAB_MEMORY_BYTES',
  schema: wholeNumber(268_435_456),
  default: 1_610_612_736,
  form: 'a whole number of bytes, 268435456 (256 MiB) or more',
  example: '1073741824',
  doc: 'Memory that one child process of the embedded editor may use; a picture that needs more is refused.',
};

export const imagesSettings = {
  maxImageSide,
  maxImagePixels,
  maxRequestPixels,
  labProcesses,
  labTimeoutMs,
  labMemoryBytes,
} satisfies Settings;
