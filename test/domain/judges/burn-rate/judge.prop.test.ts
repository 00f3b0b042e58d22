import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactText } from '../../../../domain/exact-json.ts';
import { burnRateJudge, judgeBurnRate } from '../../../../domain/judges/burn-rate/judge.ts';
import { badShareAllowed } from '../../../../domain/judges/burn-rate/spec.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';

const pair = fc
  .record({
    long: fc.integer({ min: 2, max: 30 }),
    short: fc.integer({ min: 1, max: 10 }),
    budget: fc.constantFrom(0.0005, 0.001, 0.002),
  })
  .filter(({ long, short }) => short < long)
  .map(({ long, short, budget }) => ({ longSeconds: 60 * long, shortSeconds: 60 * short, budget }));

const ledgerLines = fc.record({
  judge: fc.record({
    kind: fc.constant('burnRate' as const),
    objective: fc.constantFrom(0.9, 0.95, 0.99),
    overSeconds: fc.constantFrom(86_400, 7 * 86_400),
    windows: fc.array(pair, { minLength: 1, maxLength: 3 }),
    minRequests: fc.constantFrom(1, 50, 400),
  }),
  windows: fc.array(
    fc.record({
      counts: fc.tuple(fc.constantFrom(0, 10, 100), fc.nat(10)),
      straddles: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 60 },
  ),
});

/** Straight from the definition: every window, every pair, from all counts. */
function burns({ judge, windows }: typeof ledgerLines extends fc.Arbitrary<infer Drawn> ? Drawn : never): boolean {
  const sum = (end: number, seconds: number) => {
    const own = windows.filter((one, n) => !one.straddles && n < end && n >= end - seconds / 60);
    const [requests, bad] = [0, 1].map(at =>
      own.reduce((all, one) => all + Math.min(one.counts[at] ?? 0, one.counts[0]), 0),
    );
    return { requests: requests ?? 0, bad: bad ?? 0 };
  };
  return windows.some(({ straddles, counts: [requests] }, n) => {
    if (straddles || requests === 0) return false;
    return judge.windows.some(window => {
      const [long, short] = [sum(n + 1, window.longSeconds), sum(n + 1, window.shortSeconds)];
      const allowed = badShareAllowed(window, judge);
      const isOver = ({ requests: all, bad }: typeof long) => all > 0 && bad / all > allowed;
      return long.requests >= judge.minRequests && isOver(long) && isOver(short);
    });
  });
}

const recordsOf = ({ windows }: { windows: readonly { counts: [number, number]; straddles: boolean }[] }) =>
  windows.map(({ counts: [requests, bad], straddles }, n) =>
    frozen(n, { kind: 'counts', canary: counts(requests, Math.min(bad, requests)), stable: null }, { straddles }),
  );

const metricOf = (judge: Parameters<typeof judgeBurnRate>[0]['judge']) => ({
  ...{ name: 'errors', judge },
  source: { kind: 'cloudwatch' as const, measure: { kind: 'failedRequests' as const } },
});

it('is degraded where some pair burnt too fast at the end of some window, and nowhere else', () => {
  let [bad, good] = [0, 0];
  fc.assert(
    fc.property(ledgerLines, told => {
      const now = context({ nowEpochMs: NOON + (told.windows.length + 2) * MINUTE });
      const { kind } = judgeBurnRate(metricOf(told.judge), recordsOf(told), now).verdict;
      expect(kind === 'degraded').toBe(burns(told));
      if (kind === 'degraded') bad += 1;
      else good += 1;
    }),
    { numRuns: 400 },
  );
  expect(Math.min(bad, good)).toBeGreaterThan(40);
});

it('keeps no more of a release than its longest window', () => {
  const judge = {
    ...{ kind: 'burnRate' as const, objective: 0.999, overSeconds: 30 * 86_400, minRequests: 1 },
    windows: [{ longSeconds: 3600, shortSeconds: 300, budget: 0.02 }],
  };
  const kept = (windows: number) => {
    const records = Array.from({ length: windows }, (_, n) =>
      frozen(n, { kind: 'counts', canary: counts(1000, n % 5), stable: null }),
    );
    const untilEpochMs = NOON + windows * MINUTE;
    const cut = { untilEpochMs, knownUntilEpochMs: untilEpochMs + 10 * MINUTE };
    const now = context({ nowEpochMs: cut.knownUntilEpochMs });
    return exactText(burnRateJudge.fold?.([metricOf(judge)], { errors: records }, now, cut, undefined)).length;
  };
  expect(kept(1500)).toBeLessThan(1.1 * kept(61));
});
