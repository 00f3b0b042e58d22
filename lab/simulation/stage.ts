import type { Entry, Fact } from '../../domain/ledger/facts.ts';
import { emptyState, type WorkloadState } from '../../domain/ledger/state.ts';
import { Told } from './checks/told.ts';
import type { ToldLine, ToldRelease } from './checks/told-release.ts';
import { Coverage } from './coverage.ts';
import { type Random, randomOf } from './random.ts';
import { openTrace, type Trace } from './trace.ts';
import type { Site } from './world/site.ts';

export interface Violation {
  /** Which rule, in a few words. */
  rule: string;
  /** How, in a sentence. */
  how: string;
}

/** What all parts of one simulation share. */
export class Stage {
  readonly seed: number;
  readonly startEpochMs: number;
  /** Processes' clocks are at most so far from the world's, either way. */
  readonly clockSkewMs: number;
  /** So many of the lines, 0 to 1, are followed by one of a newer version. */
  readonly newerLines: number;
  /** Executions end long before they would: their history is as good as full when they begin. */
  readonly hasShortRuns: boolean;
  readonly trace: Trace;
  readonly coverage = new Coverage();
  readonly violations: Violation[] = [];
  readonly sites = new Map<string, Site>();
  /** Every line that was appended, as it was then: kept beside the ledger, which has to show the same for ever. */
  readonly logs = new Map<string, Entry[]>();
  readonly states = new Map<string, WorkloadState>();
  /** Since when the workload's alarms are in ALARM; undefined while they are not. */
  ringsSinceEpochMs: number | undefined;
  /** Since when the workload's alarms are not there; undefined while they are. */
  alarmsMissingSinceEpochMs: number | undefined;
  /** When one of them rang last. */
  lastRangEpochMs = Number.NEGATIVE_INFINITY;
  /** Until so long after the start every call to the cluster takes its time. */
  clusterIsSlowUntilMs = 0;
  /** When the cluster was away or slow, or will be, in milliseconds after the start. */
  clusterAway: readonly { fromMs: number; untilMs: number }[] = [];
  /** When Step Functions was, or will be. */
  executionsAway: readonly { fromMs: number; untilMs: number }[] = [];
  /** Nothing fails in this world, and people do no more than to push and to approve. */
  isCalm = false;
  /** What the lines say, as the checks fold them. */
  private readonly tolds = new Map<string, Told>();
  /** Releases of which an execution was started. */
  readonly begun = new Set<string>();
  /** What people were told, when it got there. */
  readonly notices: { atEpochMs: number; releaseId: string; event: string }[] = [];
  private readonly streams = new Map<string, Random>();

  constructor(scenario: {
    seed: number;
    startEpochMs: number;
    clockSkewMs?: number;
    eventsBefore?: number;
    newerLines?: number;
  }) {
    const { seed, startEpochMs, clockSkewMs = 0, eventsBefore = 0, newerLines = 0 } = scenario;
    this.newerLines = newerLines;
    this.seed = seed;
    this.startEpochMs = startEpochMs;
    this.clockSkewMs = clockSkewMs;
    this.hasShortRuns = eventsBefore > 0;
    this.trace = openTrace(startEpochMs);
  }

  get elapsedMs(): number {
    return Date.now() - this.startEpochMs;
  }

  /** The same stream for the same name. */
  random(name: string): Random {
    const found = this.streams.get(name) ?? randomOf(this.seed, name);
    this.streams.set(name, found);
    return found;
  }

  /** @throws Error no such workload */
  site(workload: string): Site {
    const found = this.sites.get(workload);
    if (found === undefined) throw new Error(`there is no site of ${workload}`);
    return found;
  }

  state(workload: string): WorkloadState {
    return this.states.get(workload) ?? emptyState();
  }

  told(workload: string): Told {
    const found = this.tolds.get(workload) ?? new Told();
    this.tolds.set(workload, found);
    return found;
  }

  release(workload: string, releaseId: string): ToldRelease | undefined {
    return this.told(workload).releases.get(releaseId);
  }

  /** The lines about one release so far. */
  linesOf(workload: string, releaseId: string): readonly ToldLine[] {
    return this.release(workload, releaseId)?.lines ?? [];
  }

  /** One more line is there. @returns the release that it is about */
  take(workload: string, entry: Entry): ToldRelease | undefined {
    const log = this.logs.get(workload) ?? [];
    this.logs.set(workload, log);
    log.push(entry);
    return this.told(workload).take(entry, Date.now());
  }

  /** The release that the next line of this kind is about; undefined where none comes within so long. */
  nextLine(kind: Fact['kind'], withinMs: number): Promise<string | undefined> {
    return new Promise(resolve => {
      const listener = ({ fact, releaseId }: Entry) => {
        if (fact.kind === kind) end(releaseId);
      };
      const end = (releaseId: string | undefined) => {
        this.listeners.delete(listener);
        clearTimeout(timer);
        resolve(releaseId);
      };
      const timer = setTimeout(end, Math.max(0, withinMs), undefined);
      this.listeners.add(listener);
    });
  }

  /** Told of every line when it is there. */
  readonly listeners = new Set<(entry: Entry) => void>();

  violate(rule: string, how: string): void {
    this.violations.push({ rule, how });
    this.trace.tell('VIOLATION', `${rule}: ${how}`);
  }
}
