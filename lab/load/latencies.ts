/** Each bucket is 2 % wider than the one before: a quantile is right to within 2 %, in a few hundred numbers for ever. */
const GROWTH = Math.log(1.02);
const SMALLEST_MS = 0.01;

/** Latencies in milliseconds, in bounded memory. */
export class Latencies {
  readonly #buckets: number[] = [];
  #count = 0;

  add(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(ms / SMALLEST_MS) / GROWTH));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  /**
   * The upper edge of the bucket that holds the nearest-rank quantile.
   * @param share 0 to 1   @returns undefined without a latency
   */
  quantile(share: number): number | undefined {
    let rank = Math.max(1, Math.ceil(share * this.#count));
    for (const [bucket, count] of this.#buckets.entries()) {
      rank -= count ?? 0;
      if (count !== undefined && rank <= 0) return SMALLEST_MS * Math.exp(bucket * GROWTH);
    }
    return undefined;
  }
}
