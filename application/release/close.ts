import * as z from 'zod';
import type { Executions } from '../../adapters/executions/executions.ts';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { Fact } from '../../domain/ledger/facts.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import { type NotifyDeps, notify } from '../notify.ts';
import { type CloseOutput, output } from '../outputs.ts';
import { ReleaseCall, withLedger } from '../release-call.ts';
import { releaseIdSchema } from '../release-id-schema.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { startIfNotBegun } from '../start-run.ts';

export interface CloseDeps extends SharedDeps, NotifyDeps {
  ledger: Ledger;
  executions: Executions;
}

/** Both machines end here: `run` from the release, `attempt` from the roll back. */
export const closeInputSchema = z.object({
  releaseId: releaseIdSchema,
  run: z.int().optional(),
  attempt: z.int().optional(),
});

/** Writes down how the release ended, tells it, and starts the one that waits. */
export function closeRelease(deps: CloseDeps, input: z.infer<typeof closeInputSchema>, log: Log): Promise<CloseOutput> {
  const { releaseId, run, attempt } = input;
  const by = run === undefined ? `${releaseId} roll back ${attempt}` : `${releaseId} run ${run}`;
  return withLedger(deps, { releaseId, by, log }, async (call): Promise<CloseOutput> => {
    const { active } = call.state;
    if (active?.releaseId === releaseId) {
      const end = endOf(active);
      const event = end.outcome === 'superseded' ? 'rejected' : end.outcome;
      await notify(deps, active, event, end.because);
      await call.append(end);
    }
    await startWaiting(deps, call, by);
    await endWindows(deps, call);
    return output({ kind: 'retired', because: 'the release is over' });
  });
}

/** As many as one call writes in some seconds: those of a longer release expire later. */
const ENDED_AT_ONCE = 3000;

/** What was judged is kept for a month. Nothing waits for that: where it does not work the windows stay for longer. */
async function endWindows({ ledger }: CloseDeps, call: ReleaseCall): Promise<void> {
  try {
    await ledger.endWindows(call.releaseId, ENDED_AT_ONCE);
  } catch (error) {
    if (!(error instanceof LedgerUnreachableError)) throw error;
    call.log.warn('the windows of the release expire later', { because: error.message });
  }
}

/** How a release ended, from what its ledger says was done. */
function endOf(release: ReleaseState): Extract<Fact, { kind: 'closed' }> {
  const { rollBack, refused, sameAs, stableRetired, admission, releaseId, turnedBack } = release;
  if (stableRetired) {
    const because = `revision ${admission?.revision} is live in ${admission?.canary}`;
    return { kind: 'closed', outcome: 'promoted', because };
  }
  if (turnedBack?.canaryRetired === true && admission !== undefined) {
    const because = `${turnedBack.by} turned the traffic back to ${admission.stable} by hand: ${turnedBack.because}`;
    return { kind: 'closed', outcome: 'rolledBack', reason: 'aborted', because };
  }
  if (refused !== undefined) {
    return { kind: 'closed', outcome: sameAs === undefined ? 'rejected' : 'superseded', because: refused };
  }
  if (rollBack === undefined) throw new Error(`${releaseId} was neither promoted nor sent back: it cannot be closed`);
  const { reason, because } = rollBack;
  // a fault before admission: nothing had moved, so nothing was rolled back; and a first release has nothing to go back to
  const isRejected = admission === undefined || admission.first === true;
  return { kind: 'closed', outcome: isRejected ? 'rejected' : 'rolledBack', reason, because };
}

/** A release that waited is active since the line above; its execution is started by whoever closed the one before. */
async function startWaiting(deps: CloseDeps, call: ReleaseCall, by: string): Promise<void> {
  const next = call.state.active;
  if (next === undefined) return;
  const { state, log } = call;
  const nextCall = new ReleaseCall(deps, { releaseId: next.releaseId, state, by, log });
  await startIfNotBegun(deps, nextCall);
}
