import type { WindowRecord } from '../../../domain/judgement/reading.ts';
import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import type { Invocation } from '../invocation.ts';
import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';

/** What all plans of the simulation ask of `errors`: the share of bad requests that is too much. */
export const LIMIT_SHARE = 0.05;
export const FAILURE_CONDITION = `result[0] > ${LIMIT_SHARE}`;

interface Put {
  record: WindowRecord;
  landedAtEpochMs: number;
}

/** The judgement, done again from the windows that are kept, by other code. */
export class JudgementChecks {
  private readonly puts = new Map<string, Map<string, Put>>();
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  windowPut(releaseId: string, record: WindowRecord): void {
    const puts = this.puts.get(releaseId) ?? new Map<string, Put>();
    this.puts.set(releaseId, puts);
    const key = `${record.metric} ${record.startEpochMs}`;
    const before = puts.get(key);
    if (before?.record.frozenAtEpochMs !== undefined) return; // the port keeps what was judged
    puts.set(key, { record, landedAtEpochMs: Date.now() });
    if (!record.straddles && record.frozenAtEpochMs !== undefined && this.overlapsShift(releaseId, record)) {
      const how = `${releaseId}: the window from ${record.startEpochMs} overlaps a shift and is kept as whole`;
      this.stage.violate('a window that straddles is not judged', how);
    }
  }

  appended({ release, entry, by }: Appended): void {
    const { fact, releaseId } = entry;
    const plan = release.asked;
    if (fact.kind === 'judged' && fact.verdict.kind === 'degraded')
      this.hasEvidence(plan, releaseId, fact.verdict.metric);
    if (fact.kind === 'soakDone') this.hasNoneAgainst(plan, releaseId, by);
  }

  /** Degraded is said of windows that are whole and bad, and of no others. */
  private hasEvidence(plan: Plan, releaseId: string, name: string): void {
    const metric = plan.metrics.find(candidate => candidate.name === name);
    if (metric?.judge.kind !== 'threshold') return;
    const bad = this.badWindows(releaseId, metric, Number.POSITIVE_INFINITY);
    if (bad > metric.judge.failureLimit) return;
    this.stage.violate('degraded has its evidence', `${releaseId}: ${name} has ${bad} bad windows that are whole`);
  }

  /** A release that was seen to be bad before its last look began does not end its soak. */
  private hasNoneAgainst(plan: Plan, releaseId: string, by: Invocation | undefined): void {
    for (const metric of plan.metrics) {
      if (metric.judge.kind !== 'threshold') continue;
      const bad = this.badWindows(releaseId, metric, by?.startedAtEpochMs ?? 0);
      if (bad <= metric.judge.failureLimit) continue;
      this.stage.violate('bad is not promoted', `${releaseId}: ${bad} whole windows of ${metric.name} were bad`);
    }
  }

  private badWindows(releaseId: string, metric: Metric, landedBeforeEpochMs: number): number {
    const puts = [...(this.puts.get(releaseId)?.values() ?? [])];
    return puts.filter(({ record, landedAtEpochMs }) => {
      if (record.metric !== metric.name || record.frozenAtEpochMs === undefined) return false;
      if (landedAtEpochMs >= landedBeforeEpochMs || this.overlapsShift(releaseId, record)) return false;
      const { reading } = record;
      if (reading.kind !== 'counts' || reading.canary === null || reading.canary.requests === 0) return false;
      return (reading.canary.bad[0] ?? 0) / reading.canary.requests > LIMIT_SHARE;
    }).length;
  }

  /** From a shift's intent to its confirmation and what it takes to propagate: read from the lines themselves. */
  private overlapsShift(releaseId: string, window: { startEpochMs: number; endEpochMs: number }): boolean {
    let since: number | undefined;
    let propagationMs = 0;
    const overlaps = (fromMs: number, untilMs: number) => fromMs < window.endEpochMs && untilMs > window.startEpochMs;
    for (const { fact, atEpochMs } of this.stage.linesOf(releaseId.replace(/-\d+$/, ''), releaseId)) {
      if (fact.kind === 'admitted') propagationMs = fact.admission.propagationSeconds * 1000;
      if (fact.kind === 'shiftIntended') since = atEpochMs;
      if (fact.kind !== 'shiftConfirmed' || since === undefined) continue;
      if (overlaps(since, atEpochMs + propagationMs)) return true;
      since = undefined;
    }
    return since !== undefined && overlaps(since, Number.POSITIVE_INFINITY);
  }
}
