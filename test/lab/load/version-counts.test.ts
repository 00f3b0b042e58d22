import { expect, it } from 'vitest';
import { emptyTally, type LoadReport } from '../../../lab/load/report.ts';
import { versionCounts } from '../../../lab/load/version-counts.ts';

const report: LoadReport = {
  startedAtEpochMs: 0,
  sent: 100,
  inFlight: 0,
  groups: {
    'app-green': {
      ...emptyTally(),
      answers: { '2xx': 10, '3xx': 4, '4xx': 3, '5xx': 2 },
      loadBalancer: { '502': 1, '503': 2, '504': 3, other: 0 },
      outOfServiceAfterFailure: 4,
      noAnswer: 5,
      p50Ms: 1.234,
      p99Ms: 1502.99,
    },
  },
  noGroup: emptyTally(),
  latestMs: 0,
};

it('counts the answers of a version by their class, and what the load balancer had to answer for it as no answer', () => {
  expect(versionCounts(report, 'app-green')).toEqual({
    // 19 answers and 15 without one
    requests: 34,
    '2xx': 10,
    '3xx': 4,
    '4xx': 3,
    '5xx': 2,
    noAnswer: 15,
    p50Ms: 1.2,
    p99Ms: 1503,
  });
});

it.each([undefined, 'app-blue'])('a version that got no request (%s) has no latency, which is not 0 ms', group => {
  expect(versionCounts(report, group)).toEqual({
    requests: 0,
    '2xx': 0,
    '3xx': 0,
    '4xx': 0,
    '5xx': 0,
    noAnswer: 0,
    p50Ms: null,
    p99Ms: null,
  });
});
