import type { Baseline } from '../judges/sequential/baseline.ts';
import { drainingOf } from '../ledger/draining-of.ts';
import type { Admission, Entry, Fact } from '../ledger/facts.ts';
import { walkedPlanOf } from '../ledger/steps-of.ts';
import type { Plan } from '../plan/plan.ts';
import type { WindowRecord } from '../windows/reading.ts';
import { analysisStart, expectedIn, type ShiftTimes, steadyWeight } from '../windows/shifts.ts';
import type { Workload } from '../workload.ts';
import type { RecordedRelease } from './recorded-release.ts';

export type LedgerRelease =
  | { kind: 'release'; release: RecordedRelease; plan: Plan; workload: Workload }
  | { kind: 'nothingToJudge'; because: string };

/**
 * A release as its ledger keeps it: the windows that were judged, the shifts, and what the stable version did before it.
 * @param entries of this release, oldest first   @param windows all that are still kept of it
 */
export function releaseOfLedger(
  name: string,
  entries: readonly Pick<Entry, 'atEpochMs' | 'fact'>[],
  windows: readonly WindowRecord[],
): LedgerRelease {
  const shifts: (ShiftTimes & { weight: number })[] = [];
  let requested: Extract<Fact, { kind: 'requested' }> | undefined;
  let admission: Admission | undefined;
  let baseline: Readonly<Record<string, Baseline>> | undefined;
  let ceilings: Readonly<Record<string, readonly number[]>> | undefined;
  for (const { fact, atEpochMs } of entries) {
    const last = shifts.at(-1);
    if (fact.kind === 'requested') requested = fact;
    else if (fact.kind === 'admitted') admission = fact.admission;
    else if (fact.kind === 'shiftIntended') shifts.push({ weight: fact.weight, intendedAtEpochMs: atEpochMs });
    else if (fact.kind === 'shiftConfirmed' && last !== undefined) last.confirmedAtEpochMs = atEpochMs;
    else if (fact.kind === 'goingBack') shifts.push({ weight: 0, intendedAtEpochMs: atEpochMs });
    else if (fact.kind === 'baselineSeen') baseline ??= fact.baseline;
    else if (fact.kind === 'ceilingsFrozen') ceilings = { ...fact.ceilings, ...ceilings };
  }
  const nothing = (because: string): LedgerRelease => ({ kind: 'nothingToJudge', because });
  if (requested === undefined) return nothing(`the ledger has no release ${name}`);
  const startedAtEpochMs = analysisStart(shifts);
  if (startedAtEpochMs === undefined) return nothing(`the canary of ${name} never had traffic`);
  if (windows.length === 0) return nothing(`no window of ${name} is kept: they expire, the ledger does not`);
  const byMetric = Map.groupBy(windows, record => record.metric);
  const metrics = [...byMetric].map(([metric, records]) => ({
    name: metric,
    windows: records.toSorted((a, b) => a.startEpochMs - b.startEpochMs),
  }));
  const expects: RecordedRelease['expects'] = window => expectedIn(window, shifts);
  const { workload } = requested;
  const plan = walkedPlanOf({ ...requested, ...(admission !== undefined && { admission }) });
  const release: RecordedRelease = {
    ...{ name, metrics, windowSeconds: plan.windowSeconds, startedAtEpochMs, expects, baseline, ceilings },
    steadyWeight: window =>
      steadyWeight(window, shifts, admission === undefined ? 0 : drainingOf(admission).clientsSeconds),
  };
  return { kind: 'release', release, plan, workload };
}
