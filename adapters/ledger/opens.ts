import type { WorkloadState } from '../../domain/ledger/state.ts';

/** Whether a line ends a workload's rest: from then on it has an open release. */
export const opens = (before: WorkloadState, after: WorkloadState): boolean =>
  before.active === undefined && after.active !== undefined;
