import { describe, expect, it } from 'vitest';
import { cannotPromise } from '../../../domain/plan/promises.ts';
import { ALWAYS, ANY, CEILING_ALONE, LATE, metric, NO_SOAK, planWith, type Row, SCRAPED } from './promise-plans.ts';

const sentences: Row[] = [
  [
    'of a plan without metrics, that nothing judges',
    [],
    { soak: '0s' },
    ['No metric: nothing judges. Only readiness, hooks, approvals and people can stop this release.', NO_SOAK],
  ],
  [
    'of limits of 0, that no false-alarm rate is promised',
    [
      metric('errors', '{ kind: relative, max: 2, ceiling: 5% }'),
      metric('failing', "{ kind: threshold, successCondition: 'result[0] < 1' }"),
      metric(
        'orders',
        '{ kind: anomalyBand, failureLimit: 0 }',
        '{ kind: cloudwatch, metric: { namespace: A, name: B } }',
      ),
    ],
    {},
    [
      LATE,
      'orders: a band of 2 standard deviations leaves out one healthy window in twenty, and a model that is still learning says nothing.',
      'errors, failing, orders: failureLimit 0 rolls back on the first bad window. How often that happens to a healthy release is not known: no false-alarm rate is promised.',
    ],
  ],
  [
    'of alarms, that they do not know the canary from the rest',
    [
      metric('burn', '{ kind: alarm }', '{ kind: cloudwatch, alarm: a }'),
      metric('burns', '{ kind: alarm }', '{ kind: cloudwatch, alarm: b }'),
    ],
    {},
    [LATE, 'burn, burns: an alarm does not know the canary from the rest. Whatever sets it off rolls back.'],
  ],
  [
    'of larger limits, that they find a fault late and promise no rate either',
    [
      metric('errors', '{ kind: relative, max: 2, ceiling: 5%, failureLimit: 1 }'),
      metric('burn', '{ kind: alarm, failureLimit: 1 }', '{ kind: cloudwatch, alarm: a }'),
    ],
    {},
    [
      LATE,
      'burn: an alarm does not know the canary from the rest. Whatever sets it off rolls back.',
      'errors, burn: a fixed limit that keeps no promised false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
    ],
  ],
  [
    'of relative judges, where they see nothing and where they ask for too much',
    [
      metric('errors', '{ kind: relative, max: 0.9, failureLimit: 1 }'),
      metric('same', '{ kind: relative, max: 1, failureLimit: 1 }'),
      metric('good', '{ kind: relative, min: 0.9, failureLimit: 1, ceiling: 5% }'),
    ],
    {},
    [
      LATE,
      'errors, same, good: a fixed limit that keeps no promised false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
      'errors, same: without a ceiling a relative judge sees nothing at weight 100, where there is no stable traffic to compare with.',
      'errors: max below 1 asks the canary to be better than stable; an equal one is rolled back.',
    ],
  ],
  [
    'of percentiles that are compared, that they jump about',
    [
      metric('p99', '{ kind: relative, max: 2, failureLimit: 1 }', '{ kind: cloudwatch, value: { percentile: 99 } }'),
      metric(
        'slow',
        "{ kind: threshold, successCondition: 'result[0] < 1', failureLimit: 1 }",
        '{ kind: cloudwatch, value: { percentile: 9 } }',
      ),
    ],
    {},
    [
      LATE,
      'p99, slow: a fixed limit that keeps no promised false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
      'p99: without a ceiling a relative judge sees nothing at weight 100, where there is no stable traffic to compare with.',
      'p99: a percentile of few requests jumps about, and minRequests applies to counts only. { slowerThan: [1s] } counts slow requests instead.',
    ],
  ],
  [
    'of sequential judges, what their margin, guard and ceiling leave out',
    [metric('errors', '{ kind: sequential, ceiling: auto, guard: off, share: 0.7 }'), metric('slow', '')],
    {},
    [
      LATE,
      CEILING_ALONE,
      'slow: without a ceiling a sequential judge says nothing new at weight 100.',
      'errors: with the guard off the promise on false roll backs holds for independent failures only; retries and clumped ones break it.',
      'errors, slow: a canary less than its margin worse than stable is tolerated, and differences between equal versions that last the whole release (zone, node type) are covered by the margin only.',
    ],
  ],
  [
    'of a sequential judge without a ceiling and a soak, the same of it alone',
    [metric('slow', '')],
    { soak: '0s' },
    [
      LATE,
      'slow: without a ceiling a sequential judge says nothing new at weight 100.',
      'slow: a canary less than its margin worse than stable is tolerated, and differences between equal versions that last the whole release (zone, node type) are covered by the margin only.',
      NO_SOAK,
    ],
  ],
  [
    "of Flagger's way, that failed checks add up",
    [
      metric('rate', '{ kind: flagger, thresholdRange: { min: 99 } }'),
      metric('other', '{ kind: flagger, thresholdRange: { max: 0.5 } }'),
    ],
    {},
    [
      LATE,
      'rate, other: failed checks add up for the whole release, so that a long one is rolled back sooner or later by checks that fail by chance. No false-alarm rate is promised, and an outage of everything rolls back.',
    ],
  ],
  [
    "of Kayenta's way, how seldom and what it compares",
    [
      metric('a', '{ kind: mannWhitney, interval: 5m }'),
      metric('b', '{ kind: mannWhitney, interval: 1h30m }', '{ kind: cloudwatch, value: { percentile: 99 } }'),
    ],
    { soak: '0s' },
    [
      LATE,
      'a, b: judged every 1h 30m only, and again in every run with one more chance of a false alarm. It compares ranks of windows: rare errors, a wider spread, and how many requests a window had are nothing to it. At weight 100 it sees nothing.',
      'b: a percentile of few requests jumps about; all windows count alike.',
      NO_SOAK,
    ],
  ],
  [
    'of a threshold without a limit, that it only holds',
    [
      metric(
        'warm',
        "{ kind: threshold, successCondition: 'result[0] < 1', failureLimit: -1, consecutiveSuccessLimit: 3 }",
      ),
    ],
    {},
    [LATE, 'warm: failureLimit -1 never rolls back; it can only hold until enough in a row were good.'],
  ],
  [
    'of Prometheus and of an endpoint, what they miss',
    [
      ANY(SCRAPED, 'up'),
      ANY('{ kind: prometheus, histogram: \'d_bucket{s="${slot}"}\', slowerThan: [1s] }', 'lasting'),
      ANY("{ kind: json, url: 'https://a.example', jsonPath: $ }", 'fine'),
    ],
    {},
    [
      'up, lasting: a verdict follows a window within about two scrapes. What a process counted after its last scrape dies with it, and a series that appears in a process that ran before is counted from its first sample on.',
      'lasting: counted above the nearest bound that the histogram has; each verdict says which where it is not the wanted one.',
      'fine: says what the endpoint says when a window is over, not what was so during it.',
      'up, lasting, fine: a fixed limit that keeps no promised false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
    ],
  ],
  [
    'of a band, how often a healthy window is outside it',
    [metric('orders', '{ kind: anomalyBand }', '{ kind: cloudwatch, metric: { namespace: A, name: B } }')],
    {},
    [
      LATE,
      'orders: a band of 2 standard deviations leaves out one healthy window in twenty, and a model that is still learning says nothing.',
      'orders: a fixed limit that keeps no promised false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
    ],
  ],
];

describe('a plan is told what its metrics cannot promise', () => {
  it.each(sentences)('%s', (_, metrics, rest, expected) => {
    expect(cannotPromise(planWith(metrics, rest))).toEqual([...expected, ...ALWAYS]);
  });
});
