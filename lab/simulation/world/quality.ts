/** How a revision behaves, known to nobody but the simulation: what a release should make of it follows from this. */
export type Quality =
  | { kind: 'good' }
  /** From so long after its first request on, for so long or (absent) for ever, this share of its requests fails, 0 to 1. */
  | { kind: 'bad'; afterMs: number; forMs?: number; failureShare: number }
  /** Its pods crash before they are ready. */
  | { kind: 'neverReady' }
  /** Its pods die so long after they were ready, and do not come back. */
  | { kind: 'dies'; afterMs: number }
  /** Its pods (or one) end so long after they were ready and every so often from then on, and are started again each time. */
  | { kind: 'flaps'; afterMs: number; everyMs: number; pods: 'all' | 'one' };

/** Of what works, one request in a thousand fails all the same. */
export const USUAL_FAILURE_SHARE = 0.001;

export const qualityText = (quality: Quality): string => {
  switch (quality.kind) {
    case 'good':
      return 'good';
    case 'bad':
      return `bad: ${Math.round(quality.failureShare * 100)} % fail ${Math.round(quality.afterMs / 1000)} s after its first request`;
    case 'neverReady':
      return 'never ready';
    case 'dies':
      return `ready, and dead ${Math.round(quality.afterMs / 1000)} s later`;
    case 'flaps':
      return `ready, and ${quality.pods} restarted ${Math.round(quality.afterMs / 1000)} s later and every ${Math.round(quality.everyMs / 1000)} s`;
  }
};
