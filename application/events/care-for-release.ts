import { LedgerConflictError } from '../../adapters/ledger/errors.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { clusterText } from '../../domain/release/cluster-failed.ts';
import { isOverdue } from '../../domain/release/overdue.ts';
import { waitingOf } from '../../domain/release/waiting.ts';
import { replaceIfAsked } from '../operations/request-release.ts';
import { pageFindings, pageIfDue } from '../page.ts';
import { ReleaseCall, withWorkload } from '../release-call.ts';
import { claimRollBack } from '../roll-back/claim-roll-back.ts';
import { type RescueDeps, type Rescued, rescue } from './rescue.ts';

/** What was done for a workload's open release, and its log after that. */
export interface Cared {
  state: WorkloadState;
  release?: Rescued;
  /** Releases about which a person was called. */
  paged: string[];
}

/**
 * Sees to it that a workload's open release comes to its end: that it has an execution, that it goes back past its deadline, that
 * the one behind it replaces it where it should, and that a person knows what waits for long. Reads the log once.
 */
export function careForRelease(
  deps: RescueDeps,
  workload: string,
  { by, log }: { by: string; log: Log },
): Promise<Cared> {
  let release: Rescued | undefined; // of a first try, too, that lost an append later on
  return withWorkload(deps, { workload, log }, async (state): Promise<Cared> => {
    const { active } = state;
    if (active === undefined) return { state, ...(release !== undefined && { release }), paged: [] };
    const call = new ReleaseCall(deps, { releaseId: active.releaseId, state, by, log });
    try {
      release = (await mend(deps, call)) ?? release;
    } catch (error) {
      // nobody may wait in silence because what mends it fails
      if (!(error instanceof LedgerConflictError)) await callPeople(deps, call);
      throw error;
    }
    const paged = await callPeople(deps, call);
    return { state: call.state, ...(release !== undefined && { release }), paged };
  });
}

async function mend(deps: RescueDeps, call: ReleaseCall): Promise<Rescued | undefined> {
  const rescued = await rescue(deps, call);
  if (rescued.kind !== 'nothing') {
    call.log.warn(`a release without an execution: ${rescued.kind}`, { ...rescued });
    return rescued;
  }
  const { active, waiting } = call.state;
  if (active?.releaseId !== call.releaseId) return undefined;
  if (isOverdue(active, call.now)) {
    const claimed = await claimRollBack(
      deps,
      call,
      'deadline',
      `the release did not end by its deadline${clusterText(active)}`,
    );
    if (claimed.kind === 'goesBack') return claimed;
  }
  // whoever asked for the waiting one may have died before it took back the other
  if (waiting !== undefined && active.rollBack === undefined) await replaceIfAsked(deps, call, waiting);
  return undefined;
}

/** Whoever waits longer than is ordinary is said to a person, with what is awaited: once, and then again. */
async function callPeople(deps: RescueDeps, first: ReleaseCall): Promise<string[]> {
  const paged: string[] = [];
  let call = first;
  for (const waiting of waitingOf(first.state, call.now)) {
    call = call.about(waiting.releaseId);
    const isPaged = await pageIfDue(deps, call, waiting);
    if ((await pageFindings(deps, call)) || isPaged) paged.push(waiting.releaseId);
    first.state = call.state;
  }
  return paged;
}
