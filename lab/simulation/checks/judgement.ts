import type { Metric, Plan } from '../../../domain/plan/plan.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';
import type { Invocation } from '../invocation.ts';
import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { LIMIT_SHARE } from './promises.ts';
import { overlapsShift } from './truth.ts';

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
    if (!record.straddles && record.frozenAtEpochMs !== undefined && this.overlaps(releaseId, record)) {
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
    if (metric?.judge.kind !== 'threshold' && metric?.judge.kind !== 'burnRate') return;
    const bad = this.badWindows(releaseId, metric, Number.POSITIVE_INFINITY);
    // the sum of windows is above a share only where one of them is
    if (bad > (metric.judge.kind === 'threshold' ? metric.judge.failureLimit : 0)) return;
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
      if (landedAtEpochMs >= landedBeforeEpochMs || this.overlaps(releaseId, record)) return false;
      const { reading } = record;
      if (reading.kind !== 'counts' || reading.canary === null || reading.canary.requests === 0) return false;
      return (reading.canary.bad[0] ?? 0) / reading.canary.requests > LIMIT_SHARE;
    }).length;
  }

  private overlaps(releaseId: string, window: { startEpochMs: number; endEpochMs: number }): boolean {
    const release = this.stage.release(releaseId.replace(/-\d+$/, ''), releaseId);
    return release !== undefined && overlapsShift(release, window);
  }
}
