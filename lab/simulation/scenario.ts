import type { Fact } from '../../domain/ledger/facts.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Quality } from './world/quality.ts';
import type { SiteSpec } from './world/site.ts';

/** An outside system that can be away. */
export type System =
  | 'ledger'
  | 'cluster'
  | 'loadBalancer'
  | 'metrics'
  | 'executions'
  | 'registry'
  | 'hooks'
  | 'notifier'
  /** Lambda itself: the account has no room for another call. */
  | 'account'
  | 'workloads'
  | 'alarms';

/** After the start of a simulation. */
export interface Span {
  fromMs: number;
  untilMs: number;
}

/** Calls to a system fail, or take seconds, and how many of them: 1 is all. */
export interface Outage extends Span {
  system: System;
  share: number;
  /** Absent: it does not answer. */
  isSlow?: true;
}

/** Chances, 0 to 1, while faults last. */
export interface FaultRates {
  /** Of each call to an outside system. */
  call: { refused: number; answerLost: number; diesBefore: number; diesAfter: number; slow: number };
  /** Of each call of a handler. */
  invocation: {
    throttled: number;
    answerLost: number;
    twice: number;
    again: number;
    slowStart: number;
    halfway: number;
  };
  /** Of each event on the bus. */
  event: { lost: number; twice: number; late: number };
}

/** What somebody does, so long after the start. */
export interface Act {
  atMs: number;
  action:
    | { kind: 'push'; image: number; announced: boolean }
    | { kind: 'start'; image: number; by: string }
    | { kind: 'abort'; by: string }
    /**
     * So long after the next line of this kind: in the middle of what it is about. With `slowsCluster` what that line is the
     * intent of takes its time from then on, so that it lands when much has happened.
     */
    | { kind: 'abortAt'; by: string; fact: Fact['kind']; afterMs: number; slowsCluster?: true }
    | { kind: 'approve'; by: string; groups: string[]; about: 'active' | 'before' }
    | { kind: 'undo'; by: string }
    /** `at`: right after the next line of this kind. */
    | { kind: 'turnDial'; weight: number; backAfterMs: number; at?: Fact['kind'] }
    /** The rule forwards to one group alone, or answers by itself. */
    | { kind: 'changeRule'; to: 'liveAlone' | 'page'; backAfterMs: number; at?: Fact['kind'] }
    /** A person gives a slot another size; `at`: right after the next line of this kind. */
    | { kind: 'scaleByHand'; slot: 'live' | 'idle'; replicas: number; backAfterMs: number; at?: Fact['kind'] }
    /** The autoscaler wants so many times the size at the start; of stable where no slot is named. */
    | { kind: 'autoscale'; times: number; slot?: 'canary' }
    /** A person gives the canary's slot another image. */
    | { kind: 'editImage' }
    /** The team changes its Deployment; then, or not, `start` of an image once more. */
    | { kind: 'editTemplate'; at?: Fact['kind']; start?: { image: number; by: string; afterMs: number } }
    /** The workload's alarms are deleted, and made again. */
    | { kind: 'deleteAlarms'; forMs: number }
    | { kind: 'stopExecution'; machine: 'release' | 'rollBack' }
    /** Past the point of no return somebody turns all of the traffic back, and says that it is to stay. */
    | { kind: 'turnBack'; by: string; afterMs: number }
    /** `announced`: whether an event says so. */
    | { kind: 'alarm'; forMs: number; announced: boolean }
    | { kind: 'alarmAt'; fact: Fact['kind']; afterMs: number; forMs: number; announced: boolean }
    | { kind: 'targetsFail'; slot: 'blue' | 'green'; forMs: number };
}

export interface SimulatedImage {
  tag: string;
  digest: string;
  quality: Quality;
}

/** All that is decided before the first event of a simulation. */
export interface Scenario extends Omit<SiteSpec, 'qualities'> {
  startEpochMs: number;
  /** The clock of each process is at most so far off, either way; absent: not at all. */
  clockSkewMs?: number;
  plan: Plan;
  images: SimulatedImage[];
  /** How each call of the plan's hook is answered, the last one for ever. */
  hookAnswers: ('passed' | 'failed' | 'running' | 'unreachable')[];
  acts: Act[];
  /** People who approve what is open come by so often; absent: nobody does. */
  approverEveryMs?: number;
  faults: FaultRates;
  outages: Outage[];
  /** No event arrives meanwhile, and where `reconciler` says so its schedule is not kept either. */
  gaps?: (Span & { reconciler: boolean })[];
  /** No node has room for another pod. */
  noRoom?: Span[];
  /** Where the lines are; absent: `memory`. */
  ledger?: 'memory' | 'dynamodb';
  /** A newer version of Sluice works on the same ledger: so many of the lines, 0 to 1, are followed by one of its kinds. */
  newerLines?: number;
  /** After so long nothing fails any more, and nobody does anything. */
  quietAtMs: number;
  /** An execution begins as if its history held so many: with many the next run comes soon. */
  eventsBefore: number;
}
