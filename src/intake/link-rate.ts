import type { Clock } from '../core/clock.ts';
import { RetouchError } from '../core/errors.ts';

const minuteMs = 60_000;

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

  /** @throws RetouchError too_many_links */
  take(keyId: string, name: string): void {
    const bucket = this.#fill(keyId);
    if (bucket.left < 1) throw this.#toTooMany(name, bucket.left);
    bucket.left -= 1;
  }

  #fill(keyId: string): Bucket {
    const nowMs = this.#clock();
    const bucket = this.#buckets.get(keyId) ?? { left: this.#perMinute, filledAtMs: nowMs };
    this.#buckets.set(keyId, bucket);
    const passedMs = Math.max(0, nowMs - bucket.filledAtMs);
    bucket.left = Math.min(this.#perMinute, bucket.left + (passedMs / minuteMs) * this.#perMinute);
    bucket.filledAtMs = nowMs;
    return bucket;
  }

  #toTooMany(name: string, left: number): RetouchError {
    return new RetouchError(
      'too_many_links',
      `'${name}' is a link, and this key may have ${this.#perMinute} followed in a minute. Try again a little later, or send the bytes.`,
      { param: name, retryAfterMs: Math.ceil(((1 - left) / this.#perMinute) * minuteMs) },
    );
  }
}
