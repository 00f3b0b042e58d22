import { describe, expect, it } from 'vitest';
import { Recorder, type RequestOutcome } from '../../../lab/load/recorder.ts';
import { answeredOf, failedByCanary, failedOf, lostOf } from '../../../lab/load/report.ts';

const answer = (groupName: string, status: number, latencyMs = 5): RequestOutcome => ({
  kind: 'answer',
  status,
  byLoadBalancer: false,
  groupName,
  latencyMs,
});
const own = (groupName: string | undefined, status: number): RequestOutcome => ({
  kind: 'answer',
  status,
  byLoadBalancer: true,
  groupName,
  latencyMs: 1,
});
const noAnswer = (groupName?: string): RequestOutcome => ({ kind: 'noAnswer', groupName });

/** One outcome a millisecond, from 1 on. */
function reportOf(outcomes: RequestOutcome[], slowMs = Number.POSITIVE_INFINITY) {
  const recorder = new Recorder(0, slowMs);
  recorder.sent(outcomes.length, 0);
  for (const [index, outcome] of outcomes.entries()) recorder.ended(outcome, index + 1);
  return recorder.report();
}

describe('what is lost', () => {
  it.each<[string, RequestOutcome[], { failed: number; byCanary: number; lost: number }]>([
    ['nothing of good answers', [answer('blue', 200), answer('green', 404)], { failed: 0, byCanary: 0, lost: 0 }],
    ['not a 500 of the canary', [answer('green', 500)], { failed: 1, byCanary: 1, lost: 0 }],
    ['not a 500 of the stable version: it answered', [answer('blue', 500)], { failed: 1, byCanary: 0, lost: 0 }],
    ['not 502 and 504 for the canary', [own('green', 502), own('green', 504)], { failed: 2, byCanary: 2, lost: 0 }],
    ['not an answer of the canary that was cut', [noAnswer('green')], { failed: 1, byCanary: 1, lost: 0 }],
    ['502, 503, 504 for stable', [502, 503, 504].map(s => own('blue', s)), { failed: 3, byCanary: 0, lost: 3 }],
    ['an answer of stable that was cut', [noAnswer('blue')], { failed: 1, byCanary: 0, lost: 1 }],
    ['a request that got nothing', [noAnswer()], { failed: 1, byCanary: 0, lost: 1 }],
    ['a 503 in no name', [own(undefined, 503)], { failed: 1, byCanary: 0, lost: 1 }],
    [
      '503s for a canary that never failed',
      [own('green', 503), own('green', 503)],
      { failed: 2, byCanary: 0, lost: 2 },
    ],
    [
      'not a 503 after the canary had crashed',
      [own('green', 502), own('green', 503)],
      { failed: 2, byCanary: 2, lost: 0 },
    ],
    ['a 503 after only stable had failed', [own('blue', 502), own('green', 503)], { failed: 2, byCanary: 0, lost: 2 }],
  ])('%s', (_what, outcomes, expected) => {
    const report = reportOf(outcomes);
    expect({
      failed: failedOf(report),
      byCanary: failedByCanary(report, 'green'),
      lost: lostOf(report, 'green'),
    }).toEqual(expected);
  });

  it('is not a 503 for a canary whose pods went away under its traffic, though it had not failed before', () => {
    const report = reportOf([answer('green', 200), own('green', 503)]);
    expect([lostOf(report, 'green', true), failedByCanary(report, 'green', true)]).toEqual([0, 1]);
  });

  it('is everything without an answer where there is no canary', () => {
    const report = reportOf([own('green', 502), own('green', 503), noAnswer('green'), answer('green', 500)]);
    expect(lostOf(report, undefined)).toBe(3);
  });

  it('is judged by the name of a group that got nothing at all', () => {
    const report = reportOf([answer('blue', 200), noAnswer()]);
    expect([lostOf(report, 'green'), failedByCanary(report, 'green'), answeredOf(report)]).toEqual([1, 0, 1]);
  });
});

describe('the first bad answer of a group', () => {
  it('is its first 5xx, own answer of the load balancer, cut or slow answer, on the wall clock', () => {
    const good = answer('green', 200);
    const first = (outcomes: RequestOutcome[]) => reportOf(outcomes, 100).groups.green?.firstBadEpochMs;
    expect(first([good, answer('green', 404)])).toBeUndefined();
    expect(first([good, answer('green', 500), own('green', 502)])).toBe(2);
    expect(first([good, good, own('green', 504)])).toBe(3);
    expect(first([own('green', 503), good])).toBe(1);
    expect(first([good, noAnswer('green')])).toBe(2);
    expect(first([good, answer('blue', 500), answer('green', 200, 100), answer('green', 200, 101)])).toBe(4);
  });

  it('tells slow from failed', () => {
    const green = reportOf([answer('green', 200, 101), answer('green', 503)], 100).groups.green;
    expect([green?.slow, green?.firstBadEpochMs, green?.firstFailureEpochMs]).toEqual([1, 1, 2]);
  });
});
