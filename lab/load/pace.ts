/**
 * How many requests to send now, so that request i leaves at start + i / rate whatever the answers do (open loop).
 * After a stall it sends at twice the rate until it has caught up: nothing is dropped, and the load balancer does not get
 * the whole backlog in one burst.
 */
export interface Pace {
  /**
   * @param nowMs monotonic, of the same clock as `startMs`
   * @returns how many, and how long ago the first of them should have left
   */
  due(nowMs: number): { count: number; lateMs: number };
}

/** What one call may look back on for its share of the catching up: a stall longer than this is a stall. */
const LONGEST_TICK_MS = 20;

export function openPace(requestsPerSecond: number, startMs: number): Pace {
  let sent = 0;
  let lastMs = startMs;
  return {
    due(nowMs) {
      const behind = Math.floor(((nowMs - startMs) * requestsPerSecond) / 1000) - sent;
      const tickMs = Math.min(LONGEST_TICK_MS, nowMs - lastMs);
      lastMs = nowMs;
      const atMost = Math.max(1, Math.ceil((2 * requestsPerSecond * tickMs) / 1000));
      const count = Math.max(0, Math.min(behind, atMost));
      const lateMs = count === 0 ? 0 : nowMs - startMs - ((sent + 1) * 1000) / requestsPerSecond;
      sent += count;
      return { count, lateMs };
    },
  };
}
