/** Accepted is not propagated: clients saw 503s when pods went away at once after a shift, and none with 120 s between. */
const AFTER_VERIFIED_ZERO_SECONDS = 120;

/**
 * Seconds that a slot keeps its pods after the dial was verified at 0 for it: what is in flight ends (deregistration
 * delay), clients whose cookie keeps them leave (stickiness, at most `maxDrain`), and every part of the load balancer
 * has heard of it.
 */
export function drainSeconds(options: {
  deregistrationDelaySeconds: number;
  stickinessSeconds: number;
  maxDrainSeconds: number;
}): number {
  return (
    options.deregistrationDelaySeconds +
    Math.min(options.stickinessSeconds, options.maxDrainSeconds) +
    AFTER_VERIFIED_ZERO_SECONDS
  );
}
