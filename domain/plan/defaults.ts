/** What a plan means where it says nothing. The design's example is the source; docs/plan-reference.md shows them all. */
export const DEFAULTS = {
  onNewImage: 'queue',
  deadline: '2h',
  progressDeadline: '10m',
  // `then` is ask where somebody would hear the question, else rollBack: normalise.ts
  hold: { atMost: '30m' },
  window: '60s',
  // A crash loop passes 3 restarts within 80 s of a kubelet's back-off (0, 10, 20, 40 s); an eviction or an OOM does not.
  // A pod that is moved is back within 5 minutes, image pull and a new node included.
  canaryHealth: { restarts: 3, lostReplicas: '5m' },
  // No soak unless asked for: a soak needs a metric that can judge without stable traffic, which not every plan has.
  soak: '0s',
} as const;
