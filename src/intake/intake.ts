import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenSpool } from '../core/bytes.ts';
import type { InputImage } from '../core/image.ts';
import type { Config } from '../core/setting.ts';
import { checkMask, type ImageLimits, measure } from '../images/index.ts';
import type { intakeSettings } from './config.ts';
import { readRawEdit } from './edit-body.ts';
import type { Fields } from './fields.ts';
import type { RawPicture } from './picture.ts';
import { createSpooler, type SpoolerStats } from './spool.ts';

export interface IntakeSettings extends Config<typeof intakeSettings>, ImageLimits {
  /** For bodies that memory has no room for; nobody else's, since `sweep` empties it. */
  directory: string;
}

/** The body of an edit: its fields typed by name only, its pictures known by their headers. */
export interface EditBody {
  fields: Fields;
  images: readonly InputImage[];
  mask: InputImage | undefined;
}

export interface Call {
  id: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

/** One request's bytes. */
export interface Arrival {
  /**
   * Reads the body to its end, multipart or JSON. To be called once. After a fault the rest of the body is unread:
   * see `drain`.
   * @param knownFields names of the fields besides `image`, `images` and `mask`
   * @throws RetouchError
   */
  readEdit(knownFields: readonly string[]): Promise<EditBody>;
  /** Bytes of the body so far. */
  readonly bytesIn: number;
  /** Further spools that end with the request. */
  openSpool: OpenSpool;
  /** Frees everything, pictures included. May be called more than once; never fails. */
  release(): Promise<void>;
}

export interface Intake {
  receive(call: Call): Arrival;
  stats(): SpoolerStats;
  /** Removes what a crash left behind; to be called before the first request. @throws RetouchError storage_unavailable */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Takes in requests' bodies, under limits. */
export function createIntake(settings: IntakeSettings): Intake {
  const spooler = createSpooler({ directory: settings.directory, memoryBytes: settings.spoolMemoryBytes });
  return {
    receive({ id, request, response, signal }) {
      const { openSpool, release } = spooler.openScope(id);
      const spool = openSpool();
      const { headers } = request;
      const beforeRead = (): void => {
        if (headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
      };
      return {
        async readEdit(knownFields) {
          const upload = { headers, stream: request, signal, spool, openSpool, beforeRead };
          const { fields, images, mask } = await readRawEdit(upload, knownFields, settings);
          return { fields, ...(await measureAll(images, mask, settings)) };
        },
        get bytesIn() {
          return spool.size;
        },
        openSpool,
        release,
      };
    },
    stats: spooler.stats,
    sweep: spooler.sweep,
    close: spooler.close,
  };
}

async function measureAll(
  rawImages: readonly RawPicture[],
  rawMask: RawPicture | undefined,
  limits: ImageLimits,
): Promise<Omit<EditBody, 'fields'>> {
  const toImage = async (raw: RawPicture): Promise<InputImage> => ({
    ...raw,
    facts: await measure(raw.name, raw.content, limits),
  });
  const images: InputImage[] = [];
  for (const raw of rawImages) images.push(await toImage(raw));
  const mask = rawMask && (await toImage(rawMask));
  const [first] = images;
  if (mask && first) checkMask(mask, first);
  return { images, mask };
}
