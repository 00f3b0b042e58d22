import type { RollBackReason } from '../domain/ledger/facts.ts';

/**
 * What the handlers of release.asl.json hand to their state machine, by the name of the function: the kinds that its states
 * choose by. test/state-machines/outputs.test.ts walks the machine: a Choice names these and no others, and no two of them share
 * its default.
 */
export const RELEASE_OUTPUTS = {
  admit: ['admitted', 'lookAgain', 'refused'],
  'write-canary': ['advance'],
  'next-step': [
    'sizeCanary',
    'openPreview',
    'shiftTraffic',
    'callHook',
    'openApproval',
    'soak',
    'retireStable',
    'pause',
  ],
  'size-canary': ['lookAgain'],
  'open-preview': ['advance'],
  'shift-traffic': ['advance', 'lookAgain', 'inCluster'],
  'shift-traffic-in-cluster': ['advance', 'lookAgain'],
  'call-hook': ['lookAgain'],
  'open-approval': ['lookAgain'],
  soak: ['lookAgain'],
  'read-slot': ['lookAgain'],
  look: ['lookAgain', 'advance', 'shiftTraffic', 'rollBack', 'inCluster'],
  'look-in-cluster': ['lookAgain', 'advance', 'shiftTraffic', 'rollBack'],
  'retire-stable': ['lookAgain', 'retired', 'rollBack'],
} as const;

/** The same of roll-back.asl.json. */
export const ROLL_BACK_OUTPUTS = {
  'restore-traffic': ['advance', 'lookAgain', 'inCluster'],
  'restore-traffic-in-cluster': ['advance', 'lookAgain'],
  'verify-traffic': ['advance', 'lookAgain', 'restoreAgain', 'inCluster'],
  'verify-traffic-in-cluster': ['advance', 'lookAgain', 'restoreAgain'],
  'retire-canary': ['retired', 'restoreAgain'],
} as const;

/** Both machines end with it. */
export const CLOSE_OUTPUTS = ['retired'] as const;

/**
 * In every loop of release.asl.json is one of these: where the execution's history is about to be full it answers `nextRun` in
 * place of an output that can wait.
 */
export const HANDS_OVER = [
  'admit',
  'look',
  'look-in-cluster',
  'next-step',
  'retire-stable',
] as const satisfies (keyof typeof RELEASE_OUTPUTS)[];

/** Of roll-back.asl.json: in place of these a handler answers `nextAttempt` there. */
export const LOOPS_BACK = ['lookAgain', 'restoreAgain'] as const;

/** Whom to ask before the next look; `$.move.asks` of release.asl.json. */
export const ASKS = ['cluster', 'person', 'nobody'] as const;
export type Asks = (typeof ASKS)[number];

export type ReleaseHandlerName = keyof typeof RELEASE_OUTPUTS;
export type RollBackHandlerName = keyof typeof ROLL_BACK_OUTPUTS;
export type OutputKind =
  | (typeof RELEASE_OUTPUTS)[ReleaseHandlerName][number]
  | (typeof ROLL_BACK_OUTPUTS)[RollBackHandlerName][number]
  | (typeof CLOSE_OUTPUTS)[number]
  | 'nextRun'
  | 'nextAttempt';

/** What every output has, since a Choice or a Wait on a field that is not there is an error. */
interface AnyOutput {
  /** Whole seconds, 1 to 3,600: of the Wait state that follows, where one does. */
  seconds: number;
  because: string;
  /** While pods become ready, and from then on now and then, the cluster. */
  asks: Asks;
  /** When the cluster was asked last in this execution, whether it answered or not; carried on by every handler. */
  slotAskedAtEpochMs?: number;
}

/** An output of one of these kinds. */
export type Output<Kind extends OutputKind> = Kind extends 'rollBack'
  ? AnyOutput & { kind: 'rollBack'; reason: RollBackReason }
  : AnyOutput & { kind: Kind };

/** What a use case of release.asl.json may return. @example ReleaseOutput<'admit'> */
export type ReleaseOutput<Name extends ReleaseHandlerName> = Output<(typeof RELEASE_OUTPUTS)[Name][number]>;
/** What a use case of roll-back.asl.json may return. */
export type RollBackOutput<Name extends RollBackHandlerName> = Output<(typeof ROLL_BACK_OUTPUTS)[Name][number]>;
/**
 * Nothing that is asked for where each kind of `Listed` is one of `Returned`; else what no value is, with the kinds that are
 * listed and that no code returns: the machine would have a way that nobody takes.
 */
export type ReturnsAll<Listed extends { kind: string }, Returned extends { kind: string }> = [
  Exclude<Listed['kind'], Returned['kind']>,
] extends [never]
  ? unknown
  : { listedButNeverReturned: Exclude<Listed['kind'], Returned['kind']> };
export type CloseOutput = Output<(typeof CLOSE_OUTPUTS)[number]>;

type Given = { because: string; seconds?: number; asks?: Asks; slotAskedAtEpochMs?: number } & (
  | { kind: Exclude<OutputKind, 'rollBack'> }
  | { kind: 'rollBack'; reason: RollBackReason }
);

/** An output with what the machine may read filled in: it waits 1 s, and asks nobody. */
export function output<const Of extends Given>(given: Of): Output<Of['kind']> {
  const seconds = Math.min(given.seconds ?? 1, MOST_PAUSE_SECONDS);
  return { asks: 'nobody', ...given, seconds } as unknown as Output<Of['kind']>;
}

/** So that an execution's history is full long before the year is over in which it may live. */
const MOST_PAUSE_SECONDS = 3_600;
