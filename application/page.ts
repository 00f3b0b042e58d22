import type { Log, Meter } from '../adapters/log/log.ts';
import { NotifierUnreachableError } from '../adapters/notifier/notifier.ts';
import type { Fact } from '../domain/ledger/facts.ts';
import type { Paged, ReleaseState, WorkloadState } from '../domain/ledger/state.ts';
import { findingsOf, isFindingDue } from '../domain/release/findings.ts';
import { isPageDue, type Waiting } from '../domain/release/waiting.ts';
import type { NotifyDeps } from './notify.ts';
import type { ReleaseCall } from './release-call.ts';

export type PageDeps = NotifyDeps & { log: Log; meter: Meter };

/** Counted for each page, whether anybody got it: the alarm `person-called` rings on it. */
const PAGES_METRIC = 'page';

/**
 * Calls a person about what a release waits for, where that is due: whoever finds it, once, and then again at the interval of
 * what it waits for. Told first and then written, so that a process that dies in between tells it twice and never not at all.
 */
export async function pageIfDue(deps: PageDeps, call: ReleaseCall, waiting: Waiting): Promise<boolean> {
  const release = releaseIn(call.state, call.releaseId);
  if (release === undefined || !isPageDue(waiting, release, call.now)) return false;
  const { kind: what, awaited: because, sinceEpochMs } = waiting;
  const { paged } = release;
  const before = paged?.what === what ? paged : undefined;
  return pageAbout(deps, call, { what, because, sinceEpochMs, before, sentence: `waiting for ${because}` });
}

/** Calls a person about each finding of the release of a call about which that is due. @returns whether one was called */
export async function pageFindings(deps: PageDeps, call: ReleaseCall): Promise<boolean> {
  const release = releaseIn(call.state, call.releaseId);
  if (release === undefined) return false;
  let called = false;
  for (const finding of findingsOf(release).filter(one => isFindingDue(one, release, call.now))) {
    const before = release.findingsPaged?.[finding.what];
    called = (await pageAbout(deps, call, { ...finding, before, sentence: finding.because })) || called;
  }
  return called;
}

async function pageAbout(
  deps: PageDeps,
  call: ReleaseCall,
  about: Pick<Extract<Fact, { kind: 'paged' }>, 'what' | 'because' | 'sinceEpochMs'> & {
    /** The last page about its kind. */
    before: Paged | undefined;
    sentence: string;
  },
): Promise<boolean> {
  const { what, because, sinceEpochMs, before, sentence } = about;
  const times = before?.sinceEpochMs === sinceEpochMs ? before.times + 1 : 1;
  const since = new Date(sinceEpochMs).toISOString();
  const said = { release: call.releaseId, workload: call.workload, because: sentence, since, times };
  if (!(await page(deps, said))) return false; // nobody knows: tried again by whoever finds it next
  await call.append({ kind: 'paged', what, because, sinceEpochMs, times });
  return true;
}

const releaseIn = ({ active, waiting }: WorkloadState, releaseId: string): ReleaseState | undefined =>
  [active, waiting].find(release => release?.releaseId === releaseId);

/**
 * Calls a person, whatever the plan's `notify` says: by the control plane's own topic, and by the alarm on its metric. What
 * pages goes on by itself all the same, also where nobody could be reached.
 * @returns false nobody could be reached
 */
export async function page(
  deps: PageDeps,
  about: { release?: string; workload: string; because: string; since?: string; times?: number },
): Promise<boolean> {
  const { release: releaseId, ...rest } = about;
  const message = JSON.stringify(
    { ...(releaseId !== undefined && { releaseId }), ...rest, event: 'needsAPerson' },
    null,
    2,
  );
  deps.meter.count(PAGES_METRIC);
  deps.log.error('a person is called', about);
  try {
    const subject = `${releaseId ?? about.workload}: needs a person`;
    await deps.notifier.notify({ topicArn: deps.topicArn, subject: subject.slice(0, 99), message });
    return true;
  } catch (error) {
    if (!(error instanceof NotifierUnreachableError)) throw error;
    deps.log.error('nobody was told', { ...about, because: error.message });
    return false;
  }
}
