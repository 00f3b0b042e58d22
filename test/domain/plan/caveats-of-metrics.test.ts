import { describe, expect, it } from 'vitest';
import { caveats } from '../../../domain/plan/caveats.ts';
import {
  ALWAYS,
  ANY,
  CEILING_ALONE,
  LATE,
  metric,
  NO_4XX,
  NO_SOAK,
  planWith,
  type Row,
  SCRAPED,
  STATUS_ONLY,
} from './promise-plans.ts';

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
      'orders: a band of 2 standard deviations excludes one healthy window in twenty, and a model that is still learning gives no band.',
      'errors, failing, orders: failureLimit 0 rolls back on the first bad window. How often that happens to a healthy release is not known: no false-alarm rate is guaranteed.',
    ],
  ],
  [
    'of alarms, that they do not know the canary from the rest',
    [
      metric('burn', '{ kind: alarm }', '{ kind: cloudwatch, alarm: a }'),
      metric('burns', '{ kind: alarm }', '{ kind: cloudwatch, alarm: b }'),
    ],
    {},
    [LATE, 'burn, burns: an alarm does not tell the canary from everything else. Whatever triggers it rolls back.'],
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
      'burn: an alarm does not tell the canary from everything else. Whatever triggers it rolls back.',
      'errors, burn: a fixed limit guarantees no false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
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
      STATUS_ONLY('errors, same, good'),
      'errors, same, good: a fixed limit guarantees no false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
      'errors, same: without a ceiling a relative judge sees nothing at weight 100: there is no stable traffic to compare with.',
      'errors: max below 1 wants a canary that is better than stable; an equal one is rolled back.',
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
      STATUS_ONLY('p99, slow'),
      'p99, slow: a fixed limit guarantees no false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
      'p99: without a ceiling a relative judge sees nothing at weight 100: there is no stable traffic to compare with.',
      'p99: a percentile of few requests varies a lot, and minRequests applies to counts only. `{ slowerThan: [1s] }` counts slow requests instead.',
    ],
  ],
  [
    'of sequential judges, what their margin, guard and ceiling leave out',
    [metric('errors', '{ kind: sequential, ceiling: auto, guard: off, share: 0.7 }'), metric('slow', '')],
    {},
    [
      LATE,
      STATUS_ONLY('errors, slow'),
      CEILING_ALONE,
      'slow: without a ceiling a sequential judge finds no fault at weight 100.',
      'errors: with the guard off the false-alarm rate is guaranteed for independent failures only, not for retries and failures that come in bursts.',
      'errors, slow: a canary that is worse than stable by less than the margin is tolerated. A difference between slots that lasts the whole release (zone, node type) must stay within the margin too, or it is taken for a fault.',
    ],
  ],
  [
    'of a sequential judge without a ceiling and a soak, the same of it alone',
    [metric('slow', '')],
    { soak: '0s' },
    [
      LATE,
      STATUS_ONLY('slow'),
      'slow: without a ceiling a sequential judge finds no fault at weight 100.',
      'slow: a canary that is worse than stable by less than the margin is tolerated. A difference between slots that lasts the whole release (zone, node type) must stay within the margin too, or it is taken for a fault.',
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
      STATUS_ONLY('rate, other'),
      'rate, other: failed checks add up over the whole release: the longer it lasts, the more likely it is rolled back by checks that fail by chance. No false-alarm rate is guaranteed, and an outage of everything rolls back.',
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
      STATUS_ONLY('a, b'),
      'a, b: judged every 1h 30m only, and each run has its own chance of a false alarm. It compares the ranks of windows: it does not see rare errors, a wider spread, or how many requests a window had. At weight 100 it sees nothing.',
      'b: a percentile of few requests varies a lot, and all windows count the same.',
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
    [
      LATE,
      STATUS_ONLY('warm'),
      'warm: failureLimit -1 never rolls back; it can only hold until enough windows in a row were good.',
    ],
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
      'up, lasting: a verdict follows a window within about two scrapes. What a process counts after its last scrape is lost when it ends.',
      'up, lasting: a program does not count the requests that it never answered (refused, hung, crashed). Only a metric with bad: failedRequests does, which the load balancer counts.',
      'lasting: requests are counted above the nearest bucket bound of the histogram; a verdict names the bound where it is not the one in the plan.',
      'fine: the endpoint is asked once, when a window is over: what was true during the window is not seen.',
      'up, lasting, fine: a fixed limit guarantees no false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
    ],
  ],
  [
    'of a recording rule, that it is no counter',
    [
      ANY(
        '{ kind: prometheus, requests: \'svc:hits:sum{s="${slot}"}\', bad: \'svc:hits:sum{s="${slot}",code="500"}\' }',
        'up',
      ),
    ],
    {},
    [
      'up: a verdict follows a window within about two scrapes. What a process counts after its last scrape is lost when it ends.',
      "up: a name with a colon is a recording rule's, often a sum of processes. Such a sum falls when a process leaves, which no counter does: the window in which it falls is no data. Read the counters themselves.",
      'up: a program does not count the requests that it never answered (refused, hung, crashed). Only a metric with bad: failedRequests does, which the load balancer counts.',
      'up: a fixed limit guarantees no false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
    ],
  ],
  [
    'of a band, how often a healthy window is outside it',
    [metric('orders', '{ kind: anomalyBand }', '{ kind: cloudwatch, metric: { namespace: A, name: B } }')],
    {},
    [
      LATE,
      'orders: a band of 2 standard deviations excludes one healthy window in twenty, and a model that is still learning gives no band.',
      'orders: a fixed limit guarantees no false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
    ],
  ],
];

describe('a plan is told what its metrics cannot promise', () => {
  it.each(sentences)('%s', (_, metrics, rest, expected) => {
    expect(caveats(planWith(metrics, rest)).filter(said => said !== NO_4XX)).toEqual([...expected, ...ALWAYS]);
  });
});
