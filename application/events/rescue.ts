import type { ExecutionStatus, Executions, Machine } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { mayStart, NEXT_ATTEMPT_PAUSE_SECONDS, NEXT_RUN_PAUSE_SECONDS } from '../../domain/ledger/starts.ts';
import type { UnknownEntryError } from '../../domain/ledger/versions.ts';
import { waitingOf } from '../../domain/release/waiting.ts';
import { releaseExecutionName, rollBackExecutionName } from '../../domain/release-id.ts';
import type { NotifyDeps } from '../notify.ts';
import { pageIfDue } from '../page.ts';
import type { ReleaseCall } from '../release-call.ts';
import { claimRollBack } from '../roll-back/claim-roll-back.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { startRun } from '../start-run.ts';

export interface RescueDeps extends SharedDeps, NotifyDeps {
  ledger: Ledger;
  executions: Executions;
}

/** An execution of which an event says that it has ended, as Step Functions described it a moment ago: it may run all the same. */
export interface Ended {
  machine: Machine;
  number: number;
  status: ExecutionStatus['status'];
  /** The name of the error with which it failed. */
  error?: string;
  because?: string;
}

export type Rescued =
  | { kind: 'nothing'; because: string }
  /** The release goes on: in the execution that was claimed and never started, or past the point of no return in the next. */
  | { kind: 'goesOn'; run: number }
  | { kind: 'goesBack'; attempt: number };

/** Attempts to go back that may die before a person is called. */
const ATTEMPTS_BEFORE_PAGE = 2;

const TOO_OLD: UnknownEntryError['name'] = 'UnknownEntryError';

/**
 * Sees to it that the active release has an execution that brings it to its end: starts what was claimed and never started,
 * sends back what ended without closing, goes on past the point of no return, tries to go back once more. Where one runs it does
 * nothing, so that it can be asked at any time and by several.
 */
export async function rescue(deps: RescueDeps, call: ReleaseCall, ended?: Ended): Promise<Rescued> {
  const { run, rollBack, retiringAtEpochMs, refused } = call.release;
  if (rollBack !== undefined) return keepGoingBack(deps, call, ended);
  const name = releaseExecutionName(call.releaseId, run);
  const { status, error } =
    run === 0 ? { status: 'notThere' as const } : await statusOf(deps, 'release', { name, number: run }, ended);
  if (status === 'RUNNING') return { kind: 'nothing', because: `${name} runs` };
  if (status === 'notThere') return goOn(deps, call, Math.max(1, run));
  // its functions were too old for a line that these here know: nothing is wrong with the release; one that was refused has
  // nothing to take back, and only has to be closed for what it was refused for
  if (retiringAtEpochMs !== undefined || refused !== undefined || error === TOO_OLD) {
    if (mayStart(call.release.runsAtEpochMs, call.now, NEXT_RUN_PAUSE_SECONDS)) return goOn(deps, call, run + 1);
    return { kind: 'nothing', because: `${name} ended (${status}), as those before it did: the next one waits` };
  }
  const why = ended?.because === undefined ? '' : `: ${ended.because}`;
  const claimed = await claimRollBack(
    deps,
    call,
    'fault',
    `${name} ended (${status}) without closing the release${why}`,
  );
  return claimed.kind === 'goesBack' ? claimed : { kind: 'nothing', because: 'it was promoted' };
}

async function goOn(deps: RescueDeps, call: ReleaseCall, run: number): Promise<Rescued> {
  await startRun(deps, call, run);
  return { kind: 'goesOn', run };
}

async function keepGoingBack(deps: RescueDeps, call: ReleaseCall, ended: Ended | undefined): Promise<Rescued> {
  const { attempt = 1, handedOver = 0, reason = 'fault', because = '' } = call.release.rollBack ?? {};
  const name = rollBackExecutionName(call.releaseId, attempt);
  const { status } = await statusOf(deps, 'rollBack', { name, number: attempt }, ended);
  if (status === 'RUNNING') return { kind: 'nothing', because: `${name} runs` };
  if (status !== 'notThere') {
    if (!mayStart(call.release.rollBack?.attemptsAtEpochMs, call.now, NEXT_ATTEMPT_PAUSE_SECONDS)) {
      return { kind: 'nothing', because: `${name} ended (${status}), as those before it did: the next one waits` };
    }
    // it closes the release, or claims the next attempt, before it ends: what was read before may lack that
    const { active } = await deps.ledger.read(call.workload);
    if (active?.releaseId !== call.releaseId) return { kind: 'nothing', because: `${call.releaseId} is over` };
    if (active.rollBack?.attempt !== attempt) return { kind: 'nothing', because: `${name} has handed over` };
    // before the claim: a process that dies in between calls again
    if (attempt - handedOver >= ATTEMPTS_BEFORE_PAGE) {
      const [waiting] = waitingOf(call.state, call.now);
      const dead = `attempt ${attempt} to go back ended (${status}) and traffic may be with the canary`;
      if (waiting !== undefined) {
        await pageIfDue(deps, call, { ...waiting, awaited: `${waiting.awaited}; ${dead}`, pageAtEpochMs: call.now });
      }
    }
  }
  const claimed = await claimRollBack(deps, call, reason, because);
  return claimed.kind === 'goesBack' ? claimed : { kind: 'nothing', because: 'it was promoted' };
}

async function statusOf(
  deps: RescueDeps,
  machine: Machine,
  newest: { name: string; number: number },
  ended: Ended | undefined,
): Promise<{ status: ExecutionStatus['status'] | 'notThere'; error?: string }> {
  if (ended?.machine === machine && ended.number === newest.number) return ended;
  const found = await deps.executions.describe(machine, newest.name);
  return found === 'notThere' ? { status: found } : found;
}
