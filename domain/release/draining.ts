import type { Draining } from '../routers/draining.ts';

/** Accepted is not propagated: clients saw 503s when pods went away at once after a shift, and none with 120 s between. */
const AFTER_VERIFIED_ZERO_SECONDS = 120;

/**
 * Seconds that a slot keeps its pods after the dial was verified at 0 for it: what is in flight ends, clients that stay with
 * it leave (at most `maxDrain`), and every part of the router has heard of it.
 */
export const drainSeconds = ({ connectionsSeconds, clientsSeconds }: Draining, maxDrainSeconds: number): number =>
  connectionsSeconds + Math.min(clientsSeconds, maxDrainSeconds) + AFTER_VERIFIED_ZERO_SECONDS;
