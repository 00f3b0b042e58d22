import type { Slot } from '../dial.ts';

/** The command that writes down what a person did to the rule; offered wherever the ledger and the rule disagree. */
export const recordLiveCommand = (workload: string, slot: Slot): string =>
  `npx sluice record-live ${workload} --slot ${slot}`;
