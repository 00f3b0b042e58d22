import { output } from '../outputs.ts';

/** A slot that drains is looked at this often: a dial that somebody turns back must be noticed before the pods are gone. */
export const DRAIN_LOOK_SECONDS = 30;

/** The look that comes while a slot drains; undefined when it has. @param slot for the sentence */
export const stillDraining = (slot: string, leftSeconds: number) =>
  leftSeconds <= 0
    ? undefined
    : output({
        kind: 'lookAgain',
        seconds: Math.ceil(Math.min(leftSeconds, DRAIN_LOOK_SECONDS)),
        because: `${slot} drains for ${Math.ceil(leftSeconds)} s more`,
      });
