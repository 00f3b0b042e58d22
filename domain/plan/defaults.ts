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
  hook: { timeout: '5m', retries: 0 },
  approval: { required: 1, notTheStarter: false, within: '4h' },
  // docs/statistics.md: the guard and a margin of 1.25 keep false roll backs below alpha where counts are noisy.
  alpha: '1%',
  // One point more of failures is what a team would call worse, whether stable fails or not; at ten nobody would wait.
  detect: { ratio: 2, atLeast: '1%', power: '80%', gross: '10%' },
  promoteEarly: { beta: '5%', nonInferiority: 2, after: '5m' },
  sequential: { margin: 1.25, guard: 'on', warmUp: { margin: 8, for: '60s' } },
  // Argo Rollouts' own defaults, whose counting this is: the first failure is one too many, the fifth fault in a row is.
  threshold: {
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    consecutiveSuccessLimit: 0,
    initialDelay: '0s',
  },
  // Below 10 requests one bad one is more than 10 %: a window like that says nothing about a service.
  relative: { failureLimit: 0, minRequests: 10 },
  alarm: { failureLimit: 0 },
  // AWS' own default for a band is 2 standard deviations: one window in twenty of a healthy service is outside it.
  anomalyBand: { width: 2, bad: 'outside', failureLimit: 1 },
  // Flagger's own (GetAnalysisThreshold): where nothing is said the first failed check rolls back.
  flagger: { threshold: 1 },
  // NetflixACAJudge's own, but for the direction (there either, which rolls improvements back). 10 windows: of fewer than
  // 5 of each version the test cannot be sure at 98 % whatever it sees, and every run is one more chance of a false alarm.
  mannWhitney: {
    direction: 'increase',
    tolerance: 0.25,
    confidence: '98%',
    nanStrategy: 'remove',
    outliers: 'keep',
    outlierFactor: 3,
    measure: 'meanRatio',
    critical: false,
    groups: ['all'],
    intervalWindows: 10,
  },
  // The thresholds of Kayenta's own examples.
  kayenta: { pass: 95, marginal: 75 },
} as const;

/** CloudWatch keeps an ALB's metrics by the minute. */
export const CLOUDWATCH_PERIOD_SECONDS = 60;
