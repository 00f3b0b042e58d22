import type { Fact } from '../../../domain/ledger/facts.ts';
import type { Appended } from '../observed-ports.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { drainMs } from './promises.ts';
import type { ToldRelease } from './told-release.ts';

/** What people have to hear of, and by which event: a question, a hold, and each end. */
function eventOf(fact: Fact, release: ToldRelease): string[] | undefined {
  switch (fact.kind) {
    case 'admitted':
      return ['started'];
    case 'approvalOpened':
      return ['approvalNeeded'];
    case 'held': {
      // on its way back, and past its point of no return, it waits for an age before anybody is called
      const isLate = release.rollBackAtEpochMs !== undefined || release.retiringAtEpochMs !== undefined;
      return isLate ? undefined : ['held', 'needsAPerson'];
    }
    case 'paged':
      return ['needsAPerson'];
    case 'closed':
      return [fact.outcome === 'superseded' ? 'rejected' : fact.outcome];
    default:
      return undefined;
  }
}

/** A person is told first and then it is written down: a process that dies in between tells it again. */
const TOLD_WITHIN_MS = 3 * 60_000;

export function checkPeopleAreTold(stage: Stage, { release, entry, by }: Appended): void {
  const { fact, releaseId } = entry;
  const events = eventOf(fact, release);
  // one that waited and was dropped by the person who asked knows it by the answer
  const isByOperation = by === undefined || by.name === 'abort';
  if (events === undefined || isByOperation || by.isWithoutNotifier) return;
  if (fact.kind !== 'paged' && !release.asked.notify.some(({ on }) => on.some(event => events.includes(event)))) return;
  const told = stage.notices.some(
    notice =>
      notice.releaseId === releaseId &&
      events.includes(notice.event) &&
      notice.atEpochMs >= Date.now() - TOLD_WITHIN_MS,
  );
  if (!told) stage.violate('a person is told', `${releaseId}, line ${entry.seq}: nobody heard of ${fact.kind}`);
}

/** The oldest of the product's ages is a quarter of an hour; systems and the schedule can be away for half an hour more. */
const CALLED_WITHIN_MS = 30 * 60_000;
const CALLED_AT_LAST_MS = 60 * 60_000;

/** A release that neither comes back nor gets rid of its old slot is a person's, who has been called by now. */
export function checkPeopleAreCalled(stage: Stage, { workload: { name: workload }, outages, gaps }: Scenario): void {
  const { active } = stage.told(workload);
  const since = active?.rollBackAtEpochMs ?? active?.retiringAtEpochMs;
  if (active === undefined || since === undefined) return;
  const withinMs = outages.length === 0 && gaps === undefined ? CALLED_WITHIN_MS : CALLED_AT_LAST_MS;
  const latest = since + drainMs(stage.site(workload).spec.draining, active.workload) + withinMs;
  if (Date.now() <= latest) return;
  stage.coverage.count('waits for a person');
  const isCalled = stage.notices.some(
    ({ releaseId, event, atEpochMs }) =>
      releaseId === active.releaseId && event === 'needsAPerson' && atEpochMs >= since,
  );
  if (isCalled) return;
  const how = `${active.releaseId} has waited for ${Math.round((Date.now() - since) / 60_000)} min`;
  stage.violate('a person is called about what waits', how);
}
