import type { Log } from '../../adapters/log/log.ts';
import { NotifierUnreachableError } from '../../adapters/notifier/notifier.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import type { TellDeps } from './tell.ts';

/**
 * Calls a person, whatever the plan's `notify` says: by the control plane's own topic, at least once. What pages goes on by
 * itself all the same, also where nobody could be reached.
 */
export async function page(deps: TellDeps & { log: Log }, release: ReleaseState, because: string): Promise<void> {
  const { releaseId, plan } = release;
  const message = JSON.stringify({ releaseId, workload: plan.workload, event: 'needsAPerson', because }, null, 2);
  deps.log.error('a person is called', { release: releaseId, because });
  try {
    await deps.notifier.notify({ topicArn: deps.topicArn, subject: `${releaseId}: needs a person`, message });
  } catch (error) {
    if (!(error instanceof NotifierUnreachableError)) throw error;
    deps.log.error('nobody was told', { release: releaseId, because: error.message });
  }
}
