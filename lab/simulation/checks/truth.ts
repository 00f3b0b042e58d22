import type { Slot } from '../../../domain/dial.ts';
import type { Metric } from '../../../domain/plan/plan.ts';
import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { BURN_SECONDS, LIMIT_SHARE } from './promises.ts';
import type { ToldRelease } from './told-release.ts';

/** What is kept of a window is final so long after its end, and a look comes by within so much more, retries included. */
const SEEN_WITHIN_MS = 170_000;
const LOOKED_AT_WITHIN_MS = 5 * 60_000;

/**
 * The images' own truth against the releases' ends: a canary whose requests failed in whole windows that were published in
 * time, more of them than its plan forgives, is not promoted. What the product kept, or says, is not asked.
 */
export function checkTruth(stage: Stage, { workload, release, entry, by }: Appended): void {
  if (entry.fact.kind !== 'retiring' || release.admission?.first === true) return;
  const site = stage.site(workload);
  const untilMs = (by?.startedAtEpochMs ?? Date.now()) - LOOKED_AT_WITHIN_MS - 2 * stage.clockSkewMs;
  if (site.wasTurnedByHandSince(release.admittedAtEpochMs ?? 0)) return; // whose requests went where the plan did not say
  for (const metric of release.asked.metrics) {
    const bad = badWindows(stage, release, { canary: release.admission?.canary ?? 'blue', untilMs, metric });
    const counted = metric.judge.kind === 'burnRate' ? longestRun(bad) : bad;
    if (counted.length <= forgiven(metric, release.asked.windowSeconds)) continue;
    const how = `${release.releaseId}: ${counted.map(({ text }) => text).join(', ')} failed in whole windows, and ${metric.name} (${metric.judge.kind}) is judged`;
    stage.violate('a bad image is not promoted', how);
  }
}

/** Bad windows that the judge of a metric may see without calling it degraded. */
function forgiven({ judge }: Metric, windowSeconds: number): number {
  if (judge.kind === 'threshold') return judge.failureLimit;
  // in a row: when all that it looks back to is bad, whatever was good before is no help
  if (judge.kind === 'burnRate') return BURN_SECONDS / windowSeconds - 1;
  // relative: its failureLimit; sequential: evidence grows with the failures, and by the third such window it is plain
  return judge.kind === 'relative' ? judge.failureLimit : 2;
}

/** Enough that a window speaks for itself, whoever judges it. */
const PLAIN = { requests: 30, failed: 5, timesTheLimit: 1.5 };

/** What nobody who compares can miss: four times the limit. */
const COMPARED_SHARE = 4 * LIMIT_SHARE;

interface BadWindow {
  startEpochMs: number;
  endEpochMs: number;
  /** `12 of 40` */
  text: string;
}

/** The most that follow each other without another one in between. */
function longestRun(bad: readonly BadWindow[]): BadWindow[] {
  let longest: BadWindow[] = [];
  let run: BadWindow[] = [];
  for (const window of bad) {
    run = run.at(-1)?.endEpochMs === window.startEpochMs ? [...run, window] : [window];
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

function badWindows(
  stage: Stage,
  release: ToldRelease,
  { canary, untilMs, metric }: { canary: Slot; untilMs: number; metric: Metric },
): BadWindow[] {
  const { traffic } = stage.site(release.workload.name);
  const windowMs = release.asked.windowSeconds * 1000;
  const bad: BadWindow[] = [];
  const first = release.firstTrafficEpochMs ?? Number.POSITIVE_INFINITY;
  for (
    let startEpochMs = Math.ceil(first / windowMs) * windowMs;
    startEpochMs + windowMs <= untilMs;
    startEpochMs += windowMs
  ) {
    const window = { startEpochMs, endEpochMs: startEpochMs + windowMs };
    if (overlapsShift(release, window, 2 * stage.clockSkewMs)) continue;
    const { requests, failed, worstShare, seenAtEpochMs, wholeAtEpochMs } = traffic.truthOf(canary, window);
    if (seenAtEpochMs === undefined || wholeAtEpochMs > window.endEpochMs + SEEN_WITHIN_MS) continue;
    if (requests < PLAIN.requests || failed < PLAIN.failed) continue;
    if (failed / requests <= LIMIT_SHARE * PLAIN.timesTheLimit) continue;
    // a judge that compares adds up: near its limit it takes its time
    if (compares(metric) && worstShare < COMPARED_SHARE) continue;
    if (compares(metric) && !stableIsGood(stage, release, window)) continue;
    bad.push({ ...window, text: `${failed} of ${requests}` });
  }
  return bad;
}

/** Two kinds of judge go by the canary alone. */
const compares = ({ judge }: Metric): boolean => judge.kind !== 'threshold' && judge.kind !== 'burnRate';

/** A canary that is no worse than stable is none of a comparison's business. */
function stableIsGood(
  stage: Stage,
  { admission, workload }: ToldRelease,
  window: { startEpochMs: number; endEpochMs: number },
): boolean {
  const { requests, failed, seenAtEpochMs } = stage
    .site(workload.name)
    .traffic.truthOf(admission?.stable ?? 'blue', window);
  if (requests === 0) return true; // against its ceiling
  return requests >= PLAIN.requests && seenAtEpochMs !== undefined && failed / requests < LIMIT_SHARE / 10;
}

/** From a shift's intent to its confirmation and what it takes to propagate, by the lines. */
export function overlapsShift(
  { shifts, admission }: ToldRelease,
  window: { startEpochMs: number; endEpochMs: number },
  slackMs = 0,
): boolean {
  const propagationMs = (admission?.propagationSeconds ?? 0) * 1000;
  return shifts.some(({ intendedAtEpochMs, confirmedAtEpochMs = Number.POSITIVE_INFINITY }) => {
    const overEpochMs = confirmedAtEpochMs + propagationMs + slackMs;
    return intendedAtEpochMs - slackMs < window.endEpochMs && overEpochMs > window.startEpochMs;
  });
}
