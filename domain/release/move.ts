import type { Dial } from '../dial.ts';
import type { Verdict } from '../judges/verdict.ts';
import type { Fact, RollBackReason } from '../ledger/facts.ts';
import type { AlarmsSeen } from './alarm-watch.ts';

/** What a look saw of the world. */
export interface Observation {
  nowEpochMs: number;
  /**
   * `unreadable`: why a rule shows none; nobody knows then who gets the requests. `away`: whoever would say it does not answer,
   * which says nothing of the dial.
   */
  dial: Dial | { unreadable: string; away?: true };
  /** Targets of the canary's group that the load balancer sends to. */
  healthyCanaryTargets: number;
  /** Those of which it cannot be said: not checked yet, not checked at all, or in a state that nobody knows. */
  unsureCanaryTargets: number;
  /** All of them that are not leaving; absent: nobody counted. */
  registeredCanaryTargets?: number;
  /** Of those that are not healthy, what the load balancer says; absent: nothing, or they are. */
  canaryTargetsBecause?: string;
  /** The workload's alarms. */
  alarms: AlarmsSeen;
  verdict: Verdict;
  byMetric: Record<string, Verdict>;
  /** Seconds until another look can see more of the metrics. */
  nextReadingSeconds: number;
  /** Why the canary could not be sized a moment ago; absent: nobody tried, or it could. */
  sizingFailed?: 'clusterIsAway' | 'throttled';
  /** Of the analysis step that runs, whether its metrics have the measurements it wants. */
  analysisComplete: boolean;
}

export type Move =
  /** `seconds` is a whole number, as a Wait state of Step Functions wants it. */
  | { kind: 'lookAgain'; seconds: number; because: string }
  | { kind: 'advance'; because: string }
  /** Now: the instant was chosen, and asking once more whether it is a good one would let it pass. */
  | { kind: 'shiftTraffic'; because: string }
  | { kind: 'rollBack'; reason: RollBackReason; because: string };

export interface Decision {
  move: Move;
  /** What the look found out, to be appended before the move is made. */
  facts: Fact[];
  /** It goes on holding; absent: nothing is held, and a hold that stands in the ledger is over. */
  holds?: true;
}
