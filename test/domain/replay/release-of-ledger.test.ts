import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../../domain/judges/sequential/baseline.ts';
import { releaseOfLedger } from '../../../domain/replay/release-of-ledger.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';
import {
  admissionOf,
  at,
  type Line,
  logOf,
  planOf,
  releaseLines,
  requested,
  shifted,
  shop,
} from '../../support/ledger-lines.ts';
import { recordOf } from './releases.ts';

const minute = (startSeconds: number) => ({ startEpochMs: at(startSeconds), endEpochMs: at(startSeconds + 60) });
const record = (metric: string, startSeconds: number): WindowRecord =>
  recordOf(metric, at(startSeconds), [10, 1, 90, 2]);
const found = (lines: Line[], windows: WindowRecord[] = [record('errors', 120)]) =>
  releaseOfLedger('shop-1', logOf(lines), windows);
const releaseOf = (...args: Parameters<typeof found>) => {
  const one = found(...args);
  if (one.kind !== 'release') throw new Error(one.because);
  return one.release;
};

describe('a release as its ledger keeps it', () => {
  it('began with the first weight above 0, and is judged by the plan that it ran with', () => {
    const lines = releaseLines(
      { windowSeconds: 30 },
      ...shifted(10, { from: 0, to: 0 }),
      ...shifted(50, { from: 0, to: 10 }),
      ...shifted(300, { from: 10, to: 100 }),
    );
    expect(found(lines)).toMatchObject({
      kind: 'release',
      release: {
        name: 'shop-1',
        startedAtEpochMs: at(50),
        windowSeconds: 30,
        baseline: undefined,
        ceilings: undefined,
      },
      plan: planOf({ windowSeconds: 30 }),
      workload: shop,
    });
  });

  it('has its windows by metric, each oldest first, in whatever order they were kept', () => {
    const { metrics } = releaseOf(releaseLines({}, ...shifted(50, { from: 0, to: 10 })), [
      record('slow', 180),
      record('errors', 120),
      record('slow', 60),
      record('slow', 120),
    ]);
    expect(metrics.map(({ name, windows }) => [name, windows.map(({ startEpochMs }) => startEpochMs)])).toEqual([
      ['slow', [at(60), at(120), at(180)]],
      ['errors', [at(120)]],
    ]);
  });

  it('expects the versions by its shifts, and no canary once it went back', () => {
    const { expects } = releaseOf(
      releaseLines({}, ...shifted(50, { from: 0, to: 10 }), ...shifted(290, { from: 10, to: 100 }), [
        500,
        { kind: 'goingBack', attempt: 1 },
      ]),
    );
    expect([0, 120, 300, 480, 540].map(start => expects(minute(start)))).toEqual([
      { canary: false, stable: true },
      { canary: true, stable: true },
      { canary: true, stable: false },
      { canary: false, stable: false },
      { canary: false, stable: true },
    ]);
  });

  it('knows the weight of a window when sticky sessions of the weight before have run out', () => {
    // Prepare: confirmed at 51, so that sessions of 60 s decide until 111
    const admitted: Line = [
      0,
      { kind: 'admitted', admission: admissionOf({ draining: { connectionsSeconds: 30, clientsSeconds: 60 } }) },
    ];
    const release = releaseOf([[0, requested()], admitted, ...shifted(50, { from: 0, to: 10 })]);
    // Act, Assess
    expect(release.steadyWeight?.(minute(60))).toBeUndefined();
    expect(release.steadyWeight?.(minute(120))).toBe(10);
  });

  it('knows the weight at once where sessions are not sticky, and not while a shift is unconfirmed', () => {
    const release = releaseOf(
      releaseLines(
        {},
        // a confirmation whose intent was not kept is nobody's
        [40, { kind: 'shiftConfirmed', dial: { blue: 100, green: 0 }, weight: 0 }],
        ...shifted(50, { from: 0, to: 10 }),
        [200, { kind: 'shiftIntended', from: { blue: 90, green: 10 }, to: { blue: 0, green: 100 }, weight: 100 }],
      ),
    );
    expect(release.steadyWeight?.(minute(60))).toBe(10);
    expect(release.steadyWeight?.(minute(180))).toBeUndefined();
  });

  it('is judged by the past that was seen first, and by the ceilings that were frozen first', () => {
    const baseline = (requests: number): Record<string, Baseline> => ({
      errors: { windows: 90, requests, bad: [9], phi: [1.5], assumed: false },
    });
    const release = releaseOf(
      releaseLines(
        {},
        [10, { kind: 'baselineSeen', baseline: baseline(9_000) }],
        [20, { kind: 'baselineSeen', baseline: baseline(1) }],
        ...shifted(50, { from: 0, to: 10 }),
        [60, { kind: 'ceilingsFrozen', ceilings: { errors: [0.01] } }],
        [70, { kind: 'ceilingsFrozen', ceilings: { errors: [0.02], slow: [0.05] } }],
      ),
    );
    expect(release.baseline).toEqual(baseline(9_000));
    expect(release.ceilings).toEqual({ errors: [0.01], slow: [0.05] });
  });

  it.each<[string, Line[], WindowRecord[], string]>([
    ['it is not in the ledger', [], [record('errors', 120)], 'the ledger has no release shop-1'],
    [
      'it was never shifted',
      releaseLines({}, ...shifted(10, { from: 0, to: 0 })),
      [record('errors', 120)],
      'the canary of shop-1 never had traffic',
    ],
    [
      'its windows are gone',
      releaseLines({}, ...shifted(50, { from: 0, to: 10 })),
      [],
      'no window of shop-1 is kept: they expire, the ledger does not',
    ],
  ])('has nothing to judge where %s', (_, lines, windows, because) => {
    expect(found(lines, windows)).toEqual({ kind: 'nothingToJudge', because });
  });
});
