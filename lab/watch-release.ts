import type { AppendedLine } from '../adapters/ledger/ledger.ts';
import { otherSlot, type Slot } from '../domain/dial.ts';
import type { Outcome, RollBackReason } from '../domain/ledger/facts.ts';
import { stepsOf as walksOf } from '../domain/ledger/steps-of.ts';
import type { Measure } from '../domain/plan/plan.ts';
import { workloadOf } from '../domain/release-id.ts';
import { stepText } from '../domain/steps/plan-registry.ts';
import type { WorkloadOf } from '../domain/workload.ts';
import type { Lab } from './lab.ts';
import { failedByCanary, failedOf, type LoadReport, lostOf, type Tally } from './load/report.ts';
import { type VersionCounts, versionCounts } from './load/version-counts.ts';

/** A release of the lab as it was seen from outside: what `--json` writes. */
export interface ReleaseRow {
  name: string;
  outcome: Outcome;
  /** Null where there is none: promoted, or refused before anything moved. */
  reason: RollBackReason | null;
  because: string;
  /** The canary's weight, in per cent, every time that the dial was read back. */
  weights: number[];
  /** Steps of the plan that were done, in words. */
  steps: string[];
  /**
   * From the first bad answer that a client got of the canary to the change of the rule that gave it 0 %; bad is what
   * the metric counts by which it was taken back, else a failure or a slow answer. Null where there was none.
   */
  secondsFromFirstBadToZero: number | null;
  requests: number;
  failed: number;
  failedByCanary: number;
  /** Requests without an answer, or with a 502, 503 or 504 of the load balancer, that the canary did not cause. */
  lost: number;
  /** Of each version, as the client saw it. */
  versions: { stable: VersionCounts; canary: VersionCounts };
}

/** A release that has ended, with the lines of its ledger. */
export interface WatchedRelease {
  releaseId: string;
  lines: AppendedLine[];
}

/**
 * Follows a release from now to its end. Start to watch before it is started: lines that were appended before are not seen.
 * @param onLine told of each line as it is appended
 * @param signal ends the watching: the promise is then rejected with its reason
 */
export function watchRelease(
  lab: Lab,
  options: { workload: string; onLine?: (line: AppendedLine) => void; signal?: AbortSignal },
): Promise<WatchedRelease> {
  return new Promise((resolve, reject) => {
    const lines: AppendedLine[] = [];
    let releaseId: string | undefined;
    const end = () => {
      unsubscribe();
      options.signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      end();
      reject(options.signal?.reason);
    };
    const unsubscribe = lab.onLine((workload, line) => {
      if (workload !== options.workload) return;
      releaseId ??= line.releaseId;
      if (line.releaseId !== releaseId) return;
      lines.push(line);
      options.onLine?.(line);
      if (line.fact.kind !== 'closed') return;
      end();
      resolve({ releaseId, lines });
    });
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted === true) onAbort();
  });
}

/** The row of a release: the ledger's lines and the client's counts side by side. */
export async function rowOf(
  lab: Lab,
  options: { name: string; workload: WorkloadOf<'alb'>; release: WatchedRelease; report: LoadReport },
): Promise<ReleaseRow> {
  const { name, workload, release, report } = options;
  const closed = release.lines.map(line => line.fact).findLast(fact => fact.kind === 'closed');
  if (closed?.kind !== 'closed') throw new Error(`${release.releaseId} is not closed`);
  const canary = canaryOf(release);
  const groupOf = (slot: Slot): string => `${workloadOf(release.releaseId)}-${slot}`;
  const group = canary === undefined ? undefined : groupOf(canary);
  // refused before it had a slot: what answered is stable
  const stableGroup = canary === undefined ? Object.keys(report.groups)[0] : groupOf(otherSlot(canary));
  const isGone = closed.reason === 'notReady';
  return {
    name,
    outcome: closed.outcome,
    reason: closed.reason ?? null,
    because: closed.because,
    weights: weightsOf(release),
    steps: stepsOf(release),
    secondsFromFirstBadToZero: await secondsToZero(lab, {
      workload,
      group,
      firstEpochMs: firstBadOf(release, group, report),
    }),
    requests: report.sent,
    failed: failedOf(report),
    failedByCanary: group === undefined ? 0 : failedByCanary(report, group, isGone),
    lost: lostOf(report, group, isGone),
    versions: { stable: versionCounts(report, stableGroup), canary: versionCounts(report, group) },
  };
}

function canaryOf(release: WatchedRelease) {
  const admitted = release.lines.map(line => line.fact).find(fact => fact.kind === 'admitted');
  return admitted?.kind === 'admitted' ? admitted.admission.canary : undefined;
}

function weightsOf(release: WatchedRelease): number[] {
  const canary = canaryOf(release);
  if (canary === undefined) return [];
  return release.lines.flatMap(({ fact }) =>
    fact.kind === 'shiftConfirmed' || fact.kind === 'dialRestored' ? [fact.dial[canary]] : [],
  );
}

function stepsOf(release: WatchedRelease): string[] {
  const requested = release.lines.map(line => line.fact).find(fact => fact.kind === 'requested');
  const admitted = release.lines.map(line => line.fact).find(fact => fact.kind === 'admitted');
  if (requested?.kind !== 'requested') return [];
  const { steps } = walksOf({ ...requested, ...(admitted?.kind === 'admitted' && admitted) });
  const done = release.lines.filter(({ fact }) => fact.kind === 'stepDone' || fact.kind === 'shiftConfirmed').length;
  return steps.slice(0, done).map(stepText);
}

/** Wall clock of the canary's first bad answer: of the kind that the metric counts which found it. */
function firstBadOf(release: WatchedRelease, group: string | undefined, report: LoadReport): number | undefined {
  const tally: Tally | undefined = group === undefined ? undefined : report.groups[group];
  switch (measureFound(release)) {
    case 'failedRequests':
    case 'target5xxAndConnectionErrors':
      return tally?.firstFailureEpochMs;
    case 'target4xx':
      return tally?.first4xxEpochMs;
    case 'slowerThan':
      return tally?.firstSlowEpochMs;
    default:
      return tally?.firstBadEpochMs;
  }
}

/** What the metric measures that was degraded, where one was. */
function measureFound({ lines }: WatchedRelease): Measure['kind'] | undefined {
  const facts = lines.map(line => line.fact);
  const requested = facts.find(fact => fact.kind === 'requested');
  const verdict = facts.findLast(fact => fact.kind === 'judged')?.verdict;
  if (verdict?.kind !== 'degraded') return undefined;
  return requested?.plan.metrics.find(({ name }) => name === verdict.metric)?.source.measure.kind;
}

async function secondsToZero(
  lab: Lab,
  {
    workload,
    group,
    firstEpochMs: first,
  }: { workload: WorkloadOf<'alb'>; group: string | undefined; firstEpochMs: number | undefined },
): Promise<number | null> {
  if (group === undefined || first === undefined) return null;
  const arn = Object.values(workload.router.targetGroups).find(candidate => candidate.includes(`/${group}/`));
  const changes = (await lab.edge.changes()).filter(change => workload.router.rules.includes(change.ruleArn));
  const zero = changes.find(
    ({ atWallEpochMs, action }) =>
      atWallEpochMs >= first &&
      'targetGroups' in action &&
      action.targetGroups.every(target => target.arn !== arn || target.weight === 0),
  );
  return zero === undefined ? null : Math.round(zero.atWallEpochMs - first) / 1000;
}
