import type { Log } from '../adapters/log/log.ts';
import { type Notifier, NotifierUnreachableError } from '../adapters/notifier/notifier.ts';
import type { ReleaseState } from '../domain/ledger/state.ts';
import type { ReleaseEvent } from '../domain/plan/plan.ts';

export interface NotifyDeps {
  notifier: Notifier;
  /** The control plane's topic, for plans that name none. */
  topicArn: string;
}

/**
 * Tells those whom the plan names, at least once: whoever calls tells first and then appends, so that a process that dies in
 * between tells it again. Release, event and reason are the same then, which is how a reader knows.
 * A release never stops because nobody could be told: it is logged and goes on.
 */
export async function notify(
  deps: NotifyDeps & { log: Log },
  release: ReleaseState,
  event: ReleaseEvent,
  because: string,
): Promise<void> {
  const { releaseId, plan, images } = release;
  const topics = plan.notify
    .filter(target => target.on.includes(event))
    .map(target => target.topicArn ?? deps.topicArn);
  const references = Object.fromEntries(Object.entries(images).map(([name, image]) => [name, image.reference]));
  const message = JSON.stringify({ releaseId, workload: plan.workload, event, because, images: references }, null, 2);
  for (const topicArn of new Set(topics)) {
    try {
      await deps.notifier.notify({ topicArn, subject: `${releaseId}: ${event}`.slice(0, 99), message });
    } catch (error) {
      if (!(error instanceof NotifierUnreachableError)) throw error;
      deps.log.error('nobody was told', { release: releaseId, event, because: error.message });
    }
  }
}
