import { type Asks, HANDS_OVER, LOOPS_BACK, type Output, type OutputKind } from '../../application/outputs.ts';

/**
 * The history of an execution holds 25,000 events, and one that reaches them fails. So each handler adds to the move what its
 * states may have cost, every task as if all of its tries but the last had failed, and past this the work goes on in the next
 * execution. What is left is room for the states between two handlers that hand over. test/state-machines holds the numbers
 * to the definitions.
 */
export const HAND_OVER_AT = 20_000;

/** A Task is entered and left, and each of its six tries is scheduled, started and ended. */
const TASK_EVENTS = 20;
/** ReadSlot has one try. */
const READ_SLOT_EVENTS = 5;
/** Submitted, too, when it waits for a token. */
const TOKEN_TASK_EVENTS = 26;
/** The Choice, Wait and Pass states between two handlers: at most four, each entered and left. */
const BETWEEN_EVENTS = 8;

/** What may have been added to the history when this handler's turn is over, those before it that keep no count included. */
export function eventsOf(handler: string, asked: Asks | undefined): number {
  const own = TASK_EVENTS + BETWEEN_EVENTS;
  if (handler === 'read-slot') return 0; // the look counts it, which follows whether the cluster answered or not
  if (handler !== 'look') return own;
  if (asked === 'cluster') return own + READ_SLOT_EVENTS;
  return asked === 'person' ? own + TOKEN_TASK_EVENTS : own;
}

const HANDING_OVER: ReadonlySet<string> = new Set(HANDS_OVER);
const LOOPING_BACK: ReadonlySet<string> = new Set(LOOPS_BACK);
/** What cannot wait, or is the end anyway. The rest the next run finds in the ledger. */
const GOES_ON: ReadonlySet<OutputKind> = new Set(['rollBack', 'refused', 'retired']);

/** What a handler hands on beside its output. */
export interface Carried {
  /** Events of this execution's history so far, at most. */
  events: number;
  /** Of the way back: how often in this execution somebody had turned the traffic again. */
  restores?: number | undefined;
}

/** The output of a handler of release.asl.json with what it cost; where the history is about to be full, the next run. */
export function countedRelease<Of extends Output<OutputKind>>(
  handler: string,
  before: { events: number; asks: Asks | undefined },
  move: Of,
): (Of | Output<'nextRun'>) & Carried {
  const events = before.events + eventsOf(handler, before.asks);
  const isFull = events >= HAND_OVER_AT && HANDING_OVER.has(handler) && !GOES_ON.has(move.kind);
  const whole: Output<OutputKind> = move;
  return isFull ? { ...whole, kind: 'nextRun', events } : { ...move, events };
}

/** The same for a handler of roll-back.asl.json, whose loops go on in the next attempt. */
export function countedRollBack<Of extends Output<OutputKind>>(
  handler: string,
  eventsBefore: number,
  move: Of,
): (Of | Output<'nextAttempt'>) & Carried {
  const events = eventsBefore + eventsOf(handler, undefined);
  const isFull = events >= HAND_OVER_AT && LOOPING_BACK.has(move.kind);
  const whole: Output<OutputKind> = move;
  return isFull ? { ...whole, kind: 'nextAttempt', events } : { ...move, events };
}
