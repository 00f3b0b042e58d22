import type { RollBackReason } from '../ledger/facts.ts';
import type { Decision } from './move.ts';

/** A canary that is becoming ready is asked for as often as a hook that runs. */
export { WAIT_SECONDS } from '../steps/step-run-kind.ts';

/** What ends: a step, or the soak. */
export type Done = { kind: 'stepDone'; index: number } | { kind: 'soakDone' };

/** @param seconds rounded up to a whole number, at least 1: a Wait state of 0 s is one transition for nothing */
export const lookAgain = (seconds: number, because: string): Decision => ({
  move: { kind: 'lookAgain', seconds: Math.max(1, Math.ceil(seconds)), because },
  facts: [],
});

export const rollBack = (reason: RollBackReason, because: string): Decision => ({
  move: { kind: 'rollBack', reason, because },
  facts: [],
});

export const advance = (done: Done, because: string): Decision => ({
  move: { kind: 'advance', because },
  facts: [{ ...done, because }],
});
