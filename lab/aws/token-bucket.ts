/** A token bucket as AWS describes its API throttling: `burst` tokens at most, `perSecond` added every second. */
export function openTokenBucket(spec: { perSecond: number; burst: number; nowWallMs: () => number }) {
  let tokens = spec.burst;
  let filledAtMs = spec.nowWallMs();
  return {
    /** Takes a token; false where there is none. */
    take(): boolean {
      const now = spec.nowWallMs();
      tokens = Math.min(spec.burst, tokens + ((now - filledAtMs) / 1000) * spec.perSecond);
      filledAtMs = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
