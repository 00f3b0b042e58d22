/** The edges own the clock; domain/ is handed the instant. */
export interface Clock {
  /** Epoch milliseconds. In the lab this clock runs faster than the wall by the compression factor. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
