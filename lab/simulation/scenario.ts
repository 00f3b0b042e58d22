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
  | 'workloads'
  | 'alarms';

/** From when until when (after the start) calls to a system fail, and how many of them: 1 is all. */
export interface Outage {
  system: System;
  fromMs: number;
  untilMs: number;
  share: number;
}

/** Chances, 0 to 1, while faults last. */
export interface FaultRates {
  /** Of each call to an outside system. */
  call: { refused: number; answerLost: number; diesBefore: number; diesAfter: number; slow: number };
  /** Of each call of a handler. */
  invocation: { throttled: number; answerLost: number; twice: number; again: number; slowStart: number };
  /** Of each event on the bus. */
  event: { lost: number; twice: number; late: number };
}

/** What somebody does, so long after the start. */
export interface Act {
  atMs: number;
  deed:
    | { kind: 'push'; image: number; announced: boolean }
    | { kind: 'start'; image: number; by: string }
    | { kind: 'abort'; by: string }
    /** So long after the next line of this kind: in the middle of what it is about. */
    | { kind: 'abortAt'; by: string; fact: Fact['kind']; afterMs: number }
    | { kind: 'approve'; by: string; groups: string[]; about: 'active' | 'before' }
    | { kind: 'undo'; by: string }
    | { kind: 'turnDial'; weight: number; backAfterMs: number }
    | { kind: 'stopExecution'; machine: 'release' | 'rollBack' }
    /** Behind the one-way door somebody turns all of the traffic back, and says that it is to stay. */
    | { kind: 'turnBack'; by: string; afterMs: number }
    /** `announced`: whether an event says so. */
    | { kind: 'alarm'; forMs: number; announced: boolean }
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
  /** After so long nothing fails any more, and nobody does anything. */
  quietAtMs: number;
  /** An execution begins as if its history held so many: with many the next run comes soon. */
  eventsBefore: number;
}
