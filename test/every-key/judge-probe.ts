import { judgeRelease } from '../../domain/judges/judge-release.ts';
import type { Metric } from '../../domain/plan/plan.ts';
import { sequentialContext } from '../../domain/plan/sequential-context.ts';
import type { Reading, WindowRecord } from '../../domain/windows/reading.ts';
import { planFrom } from './release-probe.ts';

/*
 * What a judge makes of a release: the kinds of its verdicts (and no words, in which a value of the plan may stand) at every
 * look of a battery of releases: good, worse, bad, sparse, shaky, without data, and of which only some windows are bad.
 */

const NOON = 1_700_000_040_000;
const MINUTE = 60_000;
const WINDOWS = 24;
type At = (
  n: number,
) => { canary: [requests: number, bad: number]; stable: [requests: number, bad: number] } | undefined;

const STABLE: [number, number] = [9000, 90];
const share =
  (value: (n: number) => number, requests = 1000): At =>
  n => ({
    canary: [requests, Math.round(requests * value(n))],
    stable: STABLE,
  });
const BATTERY: At[] = [
  ...[0, 0.005, 0.01, 0.012, 0.014, 0.018, 0.025, 0.04, 0.08, 0.2, 0.6].map(value => share(() => value)),
  ...[0.012, 0.02, 0.06].map(value => share(() => value, 60)),
  ...[2, 3, 5].map(every => share(n => (n % every === 0 ? 0.3 : 0.01))),
  share(n => (n < 3 ? 0.3 : 0.01)),
  share(n => (n < 6 ? 0.01 : 0.3)),
  share(n => 0.005 + ((n * 7) % 5) * 0.004),
  ...[0.01, 0.03, 0.2].map(
    (value): At =>
      () => ({ canary: [1000, 1000 * value], stable: [0, 0] }),
  ),
  share(() => 0.01, 8),
  n => (n % 3 === 0 ? undefined : { canary: [1000, 10], stable: STABLE }),
  n => (n % 4 === 0 ? { canary: [1000, 10], stable: STABLE } : undefined),
  () => ({ canary: [0, 0], stable: STABLE }),
  n => ({ canary: [1000, n % 6 === 0 ? 900 : 10], stable: [9000, n % 6 === 0 ? 8000 : 90] }),
];

function readingOf({ source, judge }: Metric, at: ReturnType<At>): Reading {
  if (at === undefined) return { kind: 'noData', reason: 'none' };
  const [canary, stable] = [at.canary, at.stable].map(([requests, bad]) => (requests === 0 ? null : bad / requests));
  const { measure } = source;
  if (judge.kind === 'alarm') return { kind: 'alarm', state: (canary ?? 0) > 0.05 ? 'ALARM' : 'OK' };
  if (judge.kind === 'anomalyBand') return { kind: 'band', value: canary ?? null, low: 0.008, high: 0.02 };
  if (measure.kind === 'percentile' || measure.kind === 'metricValue') {
    return { kind: 'value', canary: canary ?? null, stable: stable ?? null };
  }
  const counts = ([requests, bad]: [number, number]) => (requests === 0 ? null : { requests, bad: [bad] });
  return { kind: 'counts', canary: counts(at.canary), stable: counts(at.stable) };
}

/** Verdicts by release and look. */
export function verdictsOf(planFile: object): string[] {
  const plan = planFrom(planFile);
  return BATTERY.map(at => {
    const windows: Record<string, WindowRecord[]> = {};
    const looks: string[] = [];
    for (let n = 0; n < WINDOWS; n += 1) {
      const endEpochMs = NOON + (n + 1) * MINUTE;
      for (const metric of plan.metrics) {
        windows[metric.name] ??= [];
        windows[metric.name]?.push({
          metric: metric.name,
          startEpochMs: endEpochMs - MINUTE,
          endEpochMs,
          reading: readingOf(metric, at(n)),
          readAtEpochMs: endEpochMs + 10_000,
          straddles: false,
          frozenAtEpochMs: endEpochMs + 20_000,
        });
      }
      const { verdict, byMetric, judged } = judgeRelease(plan.metrics, windows, {
        analysisStartedAtEpochMs: NOON,
        nowEpochMs: endEpochMs + 30_000,
        windowSeconds: plan.windowSeconds,
        expects: () => ({ canary: true, stable: at(0)?.stable[0] !== 0 }),
        sequential: sequentialContext(plan),
        terse: true,
      });
      const each = Object.values(byMetric).map(one => one.kind[0]);
      const broke = Object.values(judged).map(one => (one.brokeLimit ? '!' : ''));
      looks.push(`${verdict.kind[0]}${each.join('')}${broke.join('')}`);
    }
    return looks.join(' ');
  });
}
