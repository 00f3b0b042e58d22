import { TooManyImagesError } from '../../adapters/images/image-registry.ts';
import type { Log } from '../../adapters/log/log.ts';
import { type RegisteredWorkload, WorkloadNotFoundError, type Workloads } from '../../adapters/workloads/workloads.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import type { Push } from '../../domain/release/push.ts';
import type { NotifyDeps } from '../notify.ts';
import type { PushAnswer } from '../operations/schemas/take-push.ts';
import { type TakePushDeps, takePushOf } from '../operations/take-push.ts';
import { page } from '../page.ts';
import { findUnannouncedPush, isYoung, newestIn, readPushes } from './find-pushes.ts';
import type { Rounds } from './rounds.ts';

export interface LookForPushDeps extends TakePushDeps, NotifyDeps {
  workloads: Workloads;
}

/** The newest push of each workload of which the log said that it starts nothing: nothing of that changes by itself. */
export type SettledPushes = Map<string, string>;

/**
 * Looks for a push of a workload that no event announced, and takes it.
 * @param options.state of its log, where it was read already. The log is not read where the newest push is one that is settled
 */
export async function lookForPush(
  deps: LookForPushDeps,
  registered: RegisteredWorkload,
  options: { rounds: Rounds; settled: SettledPushes; state?: WorkloadState; by: string; log: Log },
): Promise<PushAnswer | undefined> {
  const { rounds, settled, by, log } = options;
  const { workload } = registered;
  const { name } = workload;
  const nowEpochMs = deps.clock.now();
  const pushes = await pushesOrTold(deps, registered, options);
  const newest = newestIn(pushes ?? []);
  if (newest !== undefined && (options.state !== undefined || settled.get(name) !== keyOf(newest))) {
    const state = options.state ?? (await deps.ledger.read(name));
    const push = await findUnannouncedPush(deps, registered, { pushes: pushes ?? [], state, nowEpochMs });
    if (push !== undefined) return take(deps, push, { name, by, log });
    if (isYoung(newest, nowEpochMs)) return undefined; // not done: it may be due in a minute
    settled.set(name, keyOf(newest));
  }
  rounds.done('pushes', name, nowEpochMs);
  return undefined;
}

/** @returns undefined where they are too many to be known, which only a person can mend */
async function pushesOrTold(
  deps: LookForPushDeps,
  { workload }: RegisteredWorkload,
  { rounds, log }: { rounds: Rounds; log: Log },
): Promise<Push[] | undefined> {
  try {
    return await readPushes({ ...deps, log }, workload);
  } catch (error) {
    if (!(error instanceof TooManyImagesError)) throw error;
    const { name } = workload;
    if (!rounds.isDue('telling', name, deps.clock.now())) return undefined;
    const because = `a push of ${name} whose event is lost will not be found: ${error.message}`;
    if (await page({ ...deps, log }, { workload: name, because })) rounds.done('telling', name, deps.clock.now());
    return undefined;
  }
}

/** By its plan as it is now: what this process remembers of it may be minutes old. */
async function take(
  deps: LookForPushDeps,
  push: Push,
  { name, by, log }: { name: string; by: string; log: Log },
): Promise<PushAnswer | undefined> {
  log.warn('a push that no event announced', { workload: name, tag: push.tag });
  try {
    return await takePushOf(deps, await deps.workloads.read(name), push, { by, log });
  } catch (error) {
    if (!(error instanceof WorkloadNotFoundError)) throw error;
    log.warn('a workload that was removed has a push', { workload: name, because: error.message });
    return undefined;
  }
}

const keyOf = ({ repository, tag, digest, pushedAtEpochMs }: Push): string =>
  `${pushedAtEpochMs} ${repository}:${tag} ${digest}`;
