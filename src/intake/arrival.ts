import type { IncomingMessage, ServerResponse } from 'node:http';
import { abortWith } from '../core/abort-with.ts';
import type { Bytes, OpenSpool } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import type { InputImage } from '../core/image.ts';
import { type JsonLimits, type JsonValue, type LongText, toQuoted } from '../core/json-outline.ts';
import { checkMask, type ImageLimits, measure } from '../images/index.ts';
import { receiveJsonOnly } from './body.ts';
import { type EditBodyLimits, readRawEdit } from './edit-body.ts';
import type { Fields } from './fields.ts';
import { createFollow } from './follow-links.ts';
import { readPictureString } from './json-pictures.ts';
import { readText } from './json-text.ts';
import { maxSignatureBytes, maxTextsBytes, toTextTooLong } from './limits.ts';
import type { LinkRate } from './link-rate.ts';
import type { CheckEdit } from './multipart-edit.ts';
import type { RawPicture } from './picture.ts';
import type { Remote } from './remote/remote.ts';
import type { SpoolScope } from './spool.ts';

/** The body of an edit: its fields typed by name only, its pictures known by their headers. */
export interface EditBody {
  fields: Fields;
  images: readonly InputImage[];
  mask: InputImage | undefined;
}

export interface Call {
  id: string;
  /** Of the caller. */
  keyId: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

/** One request's bytes. Its body is read once, by `readEdit` or `readJson`. */
export interface Arrival {
  /**
   * Reads the body to its end, multipart or JSON, and fetches what it links to. After a fault the rest of the body
   * is unread: see `drain`.
   * @param knownFields names of the fields besides `image`, `images` and `mask`
   * @param check told what there is before a link is followed; may refuse it
   * @throws RetouchError
   */
  readEdit(knownFields: readonly string[], check?: CheckEdit): Promise<EditBody>;
  /** Reads a JSON body to its end; its long texts are for the two below. @throws RetouchError */
  readJson(limits?: Partial<JsonLimits>): Promise<JsonValue>;
  /** A picture of a JSON body: a data URL, a link, or base64. `name` is what errors call it. @throws RetouchError */
  readPicture(name: string, source: string | LongText): Promise<InputImage>;
  /** A text of a JSON body. @throws RetouchError request_too_large, invalid_value */
  readText(name: string, source: string | LongText): Promise<string>;
  /** A vendor's signature in a JSON body: it stays where it is. @throws RetouchError request_too_large */
  toSignature(name: string, source: string | LongText): Bytes;
  /** Bytes of the body so far. */
  readonly bytesIn: number;
  /** Further spools that end with the request, for what it is answered: they are not refused where the disk is full. */
  openSpool: OpenSpool;
  /** Frees everything, pictures included, and ends what is still being fetched. May be called more than once; never fails. */
  release(): Promise<void>;
}

export interface ArrivalParts {
  scope: SpoolScope;
  remote: Remote;
  linkRate: LinkRate;
  limits: EditBodyLimits & ImageLimits & { maxRequestPixels: number };
}

export function createArrival(
  { keyId, request, response, signal }: Call,
  { scope, remote, linkRate, limits }: ArrivalParts,
): Arrival {
  const { headers } = request;
  const { openSpool } = scope;
  const spool = openSpool();
  const ended = new AbortController();
  abortWith(signal, ended);
  const options = { keyId, openSpool, signal: ended.signal };
  const follow = createFollow(remote, options, { maxBytes: limits.maxRequestBytes, keyId, rate: linkRate });
  const beforeRead = (): void => {
    if (headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  };
  const upload = { headers, stream: request, signal, spool, openSpool, follow, beforeRead };
  let pixels = 0;
  const measureImage = async (raw: RawPicture): Promise<InputImage> => {
    const facts = await measure(raw.name, raw.content, limits);
    pixels += facts.width * facts.height;
    if (pixels > limits.maxRequestPixels) throw toTooManyPixels(raw.name, limits.maxRequestPixels);
    return { ...raw, facts };
  };
  const texts = { bytes: 0 };
  return {
    async readEdit(knownFields, check = () => undefined) {
      const raw = await readRawEdit(upload, { knownFields, check }, limits);
      const images: InputImage[] = [];
      for (const image of raw.images) images.push(await measureImage(image));
      const mask = raw.mask && (await measureImage(raw.mask));
      const [first] = images;
      if (mask && first) checkMask(mask, first);
      return { fields: raw.fields, images, mask };
    },
    readJson: (outlineLimits = {}) => receiveJsonOnly(upload, limits, outlineLimits),
    readPicture: async (name, source) =>
      measureImage(await follow(readPictureString(name, source, upload, limits.maxImageBytes))),
    async readText(name, source) {
      if (typeof source === 'string') return source;
      addUp(name, source, texts, maxTextsBytes);
      return readText(name, source, spool);
    },
    toSignature(name, source) {
      const signature = toQuoted(source, spool);
      if (signature.size > maxSignatureBytes) throw toTextTooLong(name, maxSignatureBytes);
      return signature;
    },
    get bytesIn() {
      return spool.size;
    },
    openSpool: scope.openPaidSpool,
    release() {
      ended.abort(new Error('The request has ended.'));
      return scope.release();
    },
  };
}

function toTooManyPixels(name: string, maxPixels: number): RetouchError {
  const said = `The pictures up to ${name} have more than ${maxPixels} pixels together. Send fewer or smaller ones.`;
  return new RetouchError('image_dimensions_too_large', said, { param: name });
}

/** @throws RetouchError request_too_large */
function addUp(name: string, { start, end }: LongText, sum: { bytes: number }, maxBytes: number): void {
  sum.bytes += end - start;
  if (sum.bytes <= maxBytes) return;
  const said = `What is said up to '${name}' is longer than ${maxBytes} bytes in all.`;
  throw new RetouchError('request_too_large', said, { param: name });
}
