import type { Clock } from '../core/clock.ts';
import { RetouchError } from '../core/errors.ts';

/** What a link costs: as much as each of the links of a minute brings in in a millisecond, so that all sums are whole. */
const linkCost = 60_000;

interface Bucket {
  left: number;
  filledAtMs: number;
}

/** How many links a key may have followed in a minute; what it has not used up comes back evenly. */
export class LinkRate {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /**
   * Takes all of a request's links, or none. `names` are what errors call them.
   * @throws RetouchError too_many_links where they fit in later; invalid_value where they never will
   */
  take(keyId: string, names: readonly string[]): void {
    const [first] = names;
    if (first === undefined) return;
    const surplus = names[this.#perMinute];
    if (surplus !== undefined) throw this.#toNever(surplus);
    const bucket = this.#fill(keyId);
    const missing = names.length * linkCost - bucket.left;
    if (missing > 0) throw this.#toTooMany(first, names.length, missing);
    bucket.left = -missing;
  }

  /** For a link that was not followed after all. */
  giveBack(keyId: string): void {
    const bucket = this.#fill(keyId);
    bucket.left = Math.min(this.#perMinute * linkCost, bucket.left + linkCost);
  }

  #fill(keyId: string): Bucket {
    const nowMs = this.#clock();
    const full = this.#perMinute * linkCost;
    const bucket = this.#buckets.get(keyId) ?? { left: full, filledAtMs: nowMs };
    this.#buckets.set(keyId, bucket);
    const passedMs = Math.max(0, nowMs - bucket.filledAtMs);
    bucket.left = Math.min(full, bucket.left + passedMs * this.#perMinute);
    bucket.filledAtMs = nowMs;
    return bucket;
  }

  #toTooMany(name: string, count: number, missing: number): RetouchError {
    const what = count === 1 ? 'a link' : `the first of ${count} links`;
    return new RetouchError(
      'too_many_links',
      `'${name}' is ${what}, and this key may have ${this.#perMinute} followed in a minute. Try again a little later, or send the bytes.`,
      { param: name, retryAfterMs: Math.ceil(missing / this.#perMinute) },
    );
  }

  #toNever(name: string): RetouchError {
    const said = `'${name}' is one link more than the ${this.#perMinute} that this key may have followed in a minute. Send fewer links, or the bytes.`;
    return new RetouchError('invalid_value', said, { param: name });
  }
}
