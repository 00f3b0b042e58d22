import { alarmText, oddsText } from '../judges/sequential/words.ts';
import type { Verdict } from '../judges/verdict.ts';
import { plural } from '../judges/words.ts';
import { percentText } from '../number-text.ts';
import { detectText } from '../plan/detect-text.ts';
import { type Comparison, logSumExp } from '../statistics/sequential/comparison.ts';
import { BadCountsError } from '../statistics/sequential/counts-problem.ts';
import type { Detect } from '../statistics/sequential/detect.ts';
import {
  type Detector,
  type DetectorWindow,
  newDetector,
  stepDetector,
  type WindowEvidence,
} from '../statistics/sequential/detector.ts';
import { effectRate } from '../statistics/sequential/effect.ts';
import { wouldFind } from '../statistics/sequential/power.ts';
import type { Profile } from '../statistics/sequential/profile.ts';
import { countsOf, type RecordedRelease } from './recorded-release.ts';
import {
  type Decision,
  decisionAt,
  type EvidenceLine,
  nearnessOf,
  type Replay,
  type ReplayJudge,
  replayOf,
  sequentialShares,
} from './replay.ts';

/** The sequential detector without a plan (docs/statistics.md): no ceiling, no floor, no warm-up, metrics of equal shares. */
export interface SequentialReplaySettings {
  profile: Profile;
  /** Above 0 and below 1. */
  alpha: number;
  /** w0, 1 or more. */
  margin: number;
  /** K; absent: as many windows as the release has. */
  horizonWindows?: number | undefined;
  /** By the stable version's past where the ledger has it; a recording has none, and the dispersion is assumed. */
  guard: boolean;
  /** What `watching` must have been able to see. */
  detect: Detect;
  nonInferiority: number;
  beta: number;
}

export const sequentialReplay = (settings: SequentialReplaySettings): ReplayJudge => ({
  name: 'sequential',
  replay: (release, wanted) => replaySequential(settings, release, wanted.evidence),
});

function replaySequential(
  settings: SequentialReplaySettings,
  release: RecordedRelease,
  wantsEvidence: boolean,
): Replay {
  const detector = detectorFor(settings, release);
  const latest = new Map<string, WindowEvidence>();
  const drawn: { endEpochMs: number; logE: number; evidence: WindowEvidence }[] = [];
  let problem: string | undefined;
  for (const together of asTheyBecameKnown(release)) {
    try {
      for (const evidence of stepDetector(detector, together)) {
        latest.set(evidence.metric, evidence);
        if (wantsEvidence && evidence.scored !== 'not')
          drawn.push({ endEpochMs: evidence.endEpochMs, logE: logEOf(release, latest), evidence });
      }
    } catch (error) {
      // Anything else is a defect of ours, and must not be told as counts that cannot be.
      if (!(error instanceof BadCountsError)) throw error;
      problem = error.message; // what cannot be is never judged as good
      break;
    }
    if (detector.alarm !== undefined) break;
  }
  const found = problem === undefined ? verdictOf(settings, release, detector) : badCounts(problem);
  const said = { ...found, logE: logEOf(release, latest) };
  if (!wantsEvidence) return replayOf(release, 'sequential', said, []);
  const agree = settings.guard ? settings.profile.guard.windowsThatAgree : 1;
  const evidence = drawn.map(one => one.evidence);
  const nearness = nearnessOf(
    'evidence',
    sequentialShares(evidence, () => agree),
  );
  return replayOf(release, 'sequential', { ...said, nearness }, linesOf(settings, drawn, release.metrics.length));
}

const badCounts = (problem: string) => ({
  verdict: 'inconclusive' as const,
  because: `counts that cannot be judged: ${problem}`,
});

function detectorFor(settings: SequentialReplaySettings, { metrics, baseline }: RecordedRelease): Detector {
  const { profile, alpha, margin, guard, nonInferiority, beta } = settings;
  return newDetector({
    profile,
    alpha,
    horizonWindows: settings.horizonWindows ?? Math.max(1, ...metrics.map(({ windows }) => windows.length)),
    nonInferiority,
    beta,
    metrics: metrics.map(({ name }) => ({
      name,
      share: 1 / metrics.length,
      margin,
      thresholds: 1,
      phi: guard ? [baseline?.[name]?.phi[0] ?? profile.guard.assumedPhi] : undefined,
      hasCeiling: false,
    })),
  });
}

/** Windows that froze at one moment in one list. */
function asTheyBecameKnown(release: RecordedRelease): DetectorWindow[][] {
  const batches = new Map<number, DetectorWindow[]>();
  for (const record of release.metrics.flatMap(({ windows }) => windows)) {
    const { metric, startEpochMs, endEpochMs, straddles, reading, frozenAtEpochMs } = record;
    const expected = release.expects({ startEpochMs, endEpochMs });
    if (frozenAtEpochMs === undefined || !expected.canary) continue;
    const counts = reading.kind === 'counts' ? reading : undefined;
    const window: DetectorWindow = {
      metric,
      startEpochMs,
      endEpochMs,
      straddles,
      stableExpected: expected.stable,
      canary: firstThreshold(counts?.canary),
      stable: firstThreshold(counts?.stable),
    };
    batches.set(frozenAtEpochMs, [...(batches.get(frozenAtEpochMs) ?? []), window]);
  }
  return [...batches].sort(([a], [b]) => a - b).map(([, together]) => together);
}

const firstThreshold = (counts: { requests: number; bad: readonly number[] } | null | undefined) =>
  counts == null ? null : { requests: counts.requests, bad: counts.bad.slice(0, 1) };

/** ln of the sum of v_i E_i; a metric without a scored window has E = 1. */
const logEOf = ({ metrics }: RecordedRelease, latest: ReadonlyMap<string, WindowEvidence>): number =>
  logSumExp(metrics.map(({ name }) => (latest.get(name)?.logE ?? 0) - Math.log(metrics.length)));

function verdictOf(
  settings: SequentialReplaySettings,
  release: RecordedRelease,
  detector: Detector,
): { verdict: Verdict['kind']; because: string; decision?: Decision | undefined } {
  const { alarm } = detector;
  if (alarm !== undefined) {
    const metric = release.metrics.find(({ name }) => name === alarm.metric);
    const sAlpha = (settings.profile.sShare * settings.alpha) / release.metrics.length;
    const said = alarmText(alarm, { margin: settings.margin, sAlpha, ceiling: undefined });
    return {
      verdict: 'degraded',
      because: `${alarm.metric}: ${said}`,
      decision: metric && decisionAt(metric, alarm.evidence),
    };
  }
  const states = [...detector.metrics.values()];
  const open = states.filter(({ comparison }) => comparison.k === 0).map(({ metric }) => metric.name);
  if (open.length > 0) return { verdict: 'inconclusive', because: `${open.join(', ')}: no window could be compared` };
  if (states.every(({ healthy }) => healthy)) {
    return { verdict: 'healthy', because: `surely not ${settings.nonInferiority} times as bad as stable` };
  }
  const effect = detectText(settings.detect);
  const blind = states.filter(
    state => !state.healthy && !wouldHaveSeen(settings, release, state.metric.name, state.comparison),
  );
  if (blind.length > 0) {
    const names = blind.map(({ metric }) => metric.name).join(', ');
    return {
      verdict: 'inconclusive',
      because: `${names}: too little traffic to have seen ${effect} with ${percentText(settings.detect.power)}`,
    };
  }
  const least = Math.min(...states.map(({ comparison }) => comparison.k));
  return {
    verdict: 'watching',
    because: `no fault in ${plural(least, 'window')}; ${effect} would have been seen`,
  };
}

/** docs/statistics.md, "From evidence to a verdict". */
function wouldHaveSeen(
  settings: SequentialReplaySettings,
  release: RecordedRelease,
  name: string,
  comparison: Comparison,
): boolean {
  const windows = release.metrics
    .filter(metric => metric.name === name)
    .flatMap(metric => metric.windows.flatMap(record => countsOf(release, record) ?? []))
    .filter(({ canaryRequests, stableRequests }) => canaryRequests > 0 && stableRequests > 0);
  const requests = windows.reduce((sum, { stableRequests }) => sum + stableRequests, 0);
  const bad = windows.reduce((sum, { stableBad }) => sum + stableBad, 0);
  const { power } = settings.detect;
  const rate = bad / requests;
  const seen = windows.map(({ canaryRequests, stableRequests }) => ({
    canaryRequests,
    stableRequests,
    margin: settings.margin,
  }));
  return wouldFind(comparison.settings, seen, { rates: [rate], faulty: [effectRate(rate, settings.detect)] }, power);
}

function linesOf(
  { alpha, profile }: SequentialReplaySettings,
  drawn: readonly { endEpochMs: number; logE: number; evidence: WindowEvidence }[],
  metrics: number,
): EvidenceLine[] {
  const limit = -Math.log(profile.eShare * alpha);
  const lines: EvidenceLine[] = [
    {
      title: `ln E (limit: odds against chance ${oddsText(limit)})`,
      points: drawn.map(({ endEpochMs, logE }) => ({ endEpochMs, value: logE, limit })),
    },
  ];
  if (metrics === 1) {
    lines.push({
      title: 'bad canary requests so far (S-channel)',
      points: drawn.map(({ endEpochMs, evidence: { x, boundary } }) => ({
        endEpochMs,
        value: x ?? Number.NaN,
        limit: boundary ?? Number.NaN,
      })),
    });
  }
  return lines;
}
