import type { ReleaseState } from '../ledger/state.ts';

/** Why the cluster did not do what the release waits for, to be put after the sentence that says for what; '' where it does. */
export const clusterText = ({ clusterFailed }: Pick<ReleaseState, 'clusterFailed'>): string =>
  clusterFailed === undefined ? '' : `: ${clusterFailed.because}`;
