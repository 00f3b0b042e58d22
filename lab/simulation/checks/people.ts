import type { Fact } from '../../../domain/ledger/facts.ts';
import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';

/** What people have to hear of, and by which event: a question, a hold, and each end. */
function eventOf(fact: Fact): string[] | undefined {
  switch (fact.kind) {
    case 'admitted':
      return ['started'];
    case 'approvalOpened':
      return ['approvalNeeded'];
    case 'held':
      return ['held', 'needsAPerson'];
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
  const events = eventOf(fact);
  // one that waited and was dropped by the person who asked knows it by the answer
  const isByDoor = by === undefined || by.name === 'abort';
  if (events === undefined || isByDoor || by.isWithoutNotifier) return;
  if (!release.asked.notify.some(({ on }) => on.some(event => events.includes(event)))) return;
  const told = stage.notices.some(
    notice =>
      notice.releaseId === releaseId &&
      events.includes(notice.event) &&
      notice.atEpochMs >= Date.now() - TOLD_WITHIN_MS,
  );
  if (!told) stage.violate('a person is told', `${releaseId}, line ${entry.seq}: nobody heard of ${fact.kind}`);
}
