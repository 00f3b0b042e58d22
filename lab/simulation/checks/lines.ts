import type { Entry, Fact } from '../../../domain/ledger/facts.ts';
import type { Invocation } from '../invocation.ts';
import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { brokenChain } from './chain.ts';
import { AFTER_DEADLINE_MS, deadlineEpochMs } from './promises.ts';
import type { ToldRelease } from './told-release.ts';

/** What may still be said of a release once its way back was claimed: nothing of the road forward. */
const WAY_BACK = new Set<Fact['kind']>([
  'held', // why it cannot go back yet
  'clusterFailed', // why its pods stay
  'paged',
  'snapshotTaken',
  'rollBackClaimed',
  'goingBack',
  'dialRestored',
  'dialVerified',
  'canaryRetired',
  'servicePointed',
  'pushRefused',
  'retagPassed',
  'approved', // a person who says yes to what goes back already: it counts for nothing
  'closed',
]);
/** And past the point of no return. */
const PAST_NO_RETURN = new Set<Fact['kind']>([
  'alarmWasOk',
  'clusterFailed',
  'paged',
  'snapshotTaken',
  'retiring',
  'stableRetired',
  // a person turned the traffic back by hand, and it is the canary that goes
  'liveRecorded',
  'servicePointed',
  'canaryRetired',
  // stable keeps its pods while the live slot cannot carry what it carries
  'held',
  'resumed',
  'runClaimed',
  'pushRefused',
  'retagPassed',
  'approved',
  'closed',
]);

/** What is said of the workload, in a line of its newest release. */
const OF_THE_WORKLOAD = new Set<Fact['kind']>(['liveRecorded', 'servicePointed', 'retagPassed']);

/** One more line of a ledger against all lines before it. */
export function checkLine(stage: Stage, { workload, release, entry, by }: Appended): void {
  const broken = brokenChain(entry, stage.logs.get(workload)?.at(-2));
  if (broken !== undefined) stage.violate('the chain holds', broken);
  if (by === undefined) return; // of a newer version: nobody here knows what it may say
  const mine = release.lines.slice(0, -1);
  const says = (rule: string, how: string) => stage.violate(rule, `${entry.releaseId}, line ${entry.seq}: ${how}`);
  const has = (kind: Fact['kind']) => mine.some(({ fact }) => fact.kind === kind);
  const { fact } = entry;
  stamped(stage, entry, says);

  if (has('closed') && !OF_THE_WORKLOAD.has(fact.kind))
    says('a release that is over is over', `${fact.kind} after its end`);
  if (has('rollBackClaimed') && !WAY_BACK.has(fact.kind)) {
    says('what goes back does not go on', `${fact.kind} after its way back was claimed`);
  }
  whoActs(entry, by, says);
  // the shift of a first release is its point of no return: what it still waits for comes after it
  const first = mine.some(line => line.fact.kind === 'admitted' && line.fact.admission.first === true);
  if (
    has('retiring') &&
    !(PAST_NO_RETURN.has(fact.kind) || (first && (fact.kind === 'held' || !WAY_BACK.has(fact.kind))))
  ) {
    says('nothing goes back past the point of no return', `${fact.kind} past the point of no return`);
  }
  oneActive(stage, workload, entry, says);
  newestRun(entry, mine, says);
  if (fact.kind === 'retiring' || (fact.kind === 'closed' && fact.outcome === 'promoted')) promotion(fact, mine, says);
  if (fact.kind === 'stepDone') approvalGiven(fact.index, mine, says);
  if (fact.kind === 'shiftIntended') weights(fact.weight, mine, says);
  // a Deployment that changed under a push's release is followed by one of the same push
  const isOfAnotherTemplate =
    fact.kind === 'requested' && fact.againOf !== undefined && stage.site(workload).templateEditsEpochMs.length > 0;
  if (fact.kind === 'requested' && !isOfAnotherTemplate)
    askedOnce(stage, workload, { entry, by: entry.by, images: fact.images }, says);
  if (fact.kind === 'approved') approvalMeant(entry, mine, by, says);
  if (FORWARD.has(fact.kind)) beforeItsDeadline(release, entry, says);
  if (FORWARD.has(fact.kind) || ENDS_STEP.has(fact.kind)) notDegraded(fact, mine, says);
  if (mine.some(line => isSameOnce(line.fact, fact))) says('what happens once happens once', `${fact.kind} again`);
}

const ENDS_STEP = new Set<Fact['kind']>(['stepDone', 'soakDone']);

/** What the ledger's condition keeps from being said twice, by two calls of one handler or by two handlers. */
function isSameOnce(before: Fact, fact: Fact): boolean {
  if (before.kind !== fact.kind) return false;
  switch (fact.kind) {
    case 'admitted':
    case 'refused':
    case 'soakStarted':
    case 'retiring':
    case 'canaryRetired':
    case 'stableRetired':
      return true;
    case 'stepDone':
      return before.kind === fact.kind && before.index === fact.index;
    case 'runClaimed':
      return before.kind === fact.kind && before.run === fact.run;
    case 'rollBackClaimed':
      return before.kind === fact.kind && before.attempt === fact.attempt;
    default:
      return false;
  }
}

const FORWARD = new Set<Fact['kind']>(['stepStarted', 'shiftIntended', 'soakStarted']);
/** A line is on its way for less than half a minute: its writer has 20 s, and what it sent may be slow. */
const ON_ITS_WAY_MS = 30_000;

function stamped(stage: Stage, { atEpochMs }: Entry, says: Says): void {
  const agoMs = Date.now() - atEpochMs;
  if (agoMs >= -stage.clockSkewMs && agoMs <= ON_ITS_WAY_MS + stage.clockSkewMs) return;
  says('a line says when it was written', `it was, ${Math.round(agoMs / 1000)} s ago`);
}

/** Nothing goes forward when the time is up; people's time does not count. */
function beforeItsDeadline(release: ToldRelease, entry: Entry, says: Says): void {
  const deadline = deadlineEpochMs(release, Date.now());
  if (deadline === undefined || Date.now() <= deadline + AFTER_DEADLINE_MS) return;
  says(
    'nothing goes forward after the deadline',
    `${entry.fact.kind} ${Math.round((Date.now() - deadline) / 1000)} s after it`,
  );
}

export type Says = (rule: string, how: string) => void;

/** A release begins when no other one is on its way. */
function oneActive(stage: Stage, workload: string, entry: Entry, says: Says): void {
  if (entry.fact.kind !== 'admitted' && entry.fact.kind !== 'runClaimed') return;
  const { active } = stage.told(workload);
  if (active?.releaseId === entry.releaseId) return;
  says('one release is active', `${entry.fact.kind} while ${active?.releaseId ?? 'none'} is the one on its way`);
}

/** `shop-1 run 2` */
function newestRun(entry: Entry, mine: Entry[], says: Says): void {
  const run = /^(?<releaseId>.+) run (?<run>\d+)$/.exec(entry.by)?.groups;
  if (run?.releaseId !== entry.releaseId) return;
  const newest = Math.max(0, ...mine.map(({ fact }) => (fact.kind === 'runClaimed' ? fact.run : 0)));
  if (Number(run.run) >= newest || entry.fact.kind === 'runClaimed') return;
  says('an old run does nothing', `${entry.fact.kind} by run ${run.run}, and run ${newest} is the newest`);
}

function notDegraded(fact: Fact, mine: Entry[], says: Says): void {
  const degraded = mine.find(entry => entry.fact.kind === 'judged' && entry.fact.verdict.kind === 'degraded');
  if (degraded !== undefined) says('degraded is final', `${fact.kind} after line ${degraded.seq} judged it degraded`);
}

function promotion(fact: Fact, mine: Entry[], says: Says): void {
  notDegraded(fact, mine, says);
  const claimed = mine.find(entry => entry.fact.kind === 'rollBackClaimed');
  if (claimed !== undefined) says('what goes back is not promoted', `${fact.kind} after line ${claimed.seq}`);
  if (fact.kind === 'closed' && !mine.some(entry => entry.fact.kind === 'stableRetired')) {
    says('promoted is promoted', 'closed as promoted before stable was retired');
  }
}

/** An approval step is over by as many different people as it wants, of its groups. */
function approvalGiven(index: number, mine: Entry[], says: Says): void {
  const requested = mine.find(({ fact }) => fact.kind === 'requested');
  if (requested?.fact.kind !== 'requested') return;
  const step = requested.fact.plan.steps[index];
  if (step?.kind !== 'approval') return;
  const approvers = new Set(
    mine.flatMap(({ fact, by }) => {
      if (fact.kind !== 'approved' || fact.name !== step.name) return [];
      const mayApprove = step.groups.some(group => fact.groups.includes(group));
      return mayApprove && !(step.notTheStarter && by === requested.by) ? [by] : [];
    }),
  );
  if (approvers.size < step.required) {
    says('an approval is given by people', `${step.name} is over with ${approvers.size} of ${step.required} approvals`);
  }
}

/** The approval that a person gave is for the release, the step and the opening that they named, and that is open. */
function approvalMeant(entry: Entry, mine: Entry[], by: Invocation | undefined, says: Says): void {
  if (entry.fact.kind !== 'approved') return;
  const { name } = entry.fact;
  const opened = mine.findLast(({ fact }) => fact.kind === 'approvalOpened' && fact.name === name)?.seq;
  const meant = by?.event as { releaseId?: string; name?: string; opening?: number; groups?: string[] } | undefined;
  if (meant?.releaseId !== entry.releaseId) {
    says('an approval counts for its release', `it was given for ${meant?.releaseId}`);
  }
  if (meant?.groups?.join() !== entry.fact.groups.join()) {
    says(
      'an approval counts for its groups',
      `it was given by ${meant?.groups}, and counted as of ${entry.fact.groups}`,
    );
  }
  if (meant?.name !== name || meant.opening !== opened) {
    const given = `it was given for ${meant?.name}, opening ${meant?.opening}`;
    says('an approval counts for its step', `${given}, and counted for ${name}, opening ${opened}`);
  }
}

/** One push is one release: an event that comes twice, or late, starts nothing. */
function askedOnce(
  stage: Stage,
  workload: string,
  asked: { entry: Entry; by: string; images: Record<string, { digest: string; pushedAtEpochMs: number }> },
  says: Says,
): void {
  if (asked.by !== 'push' && asked.by !== 'reconcile') return;
  const isSame = (a: { digest: string; pushedAtEpochMs: number }) =>
    Object.values(asked.images).some(b => a.digest === b.digest && a.pushedAtEpochMs === b.pushedAtEpochMs);
  for (const { releaseId, lines } of stage.told(workload).releases.values()) {
    const [first] = lines;
    if (releaseId === asked.entry.releaseId || first?.fact.kind !== 'requested' || first.fact.undoOf !== undefined)
      continue;
    if (Object.values(first.fact.images).some(isSame)) says('one push is one release', `it is that of ${releaseId}`);
  }
}

/** Behind every act of a person stands that person; and which slot is live nobody but a person says. */
function whoActs({ by: giver, fact }: Entry, by: Invocation, says: Says): void {
  const said = (by.event as { by?: string }).by;
  if (OPERATIONS_OF_PEOPLE.has(by.name) && giver !== said)
    says('an act has its actor', `${fact.kind} by ${giver}, not ${said}`);
  if ((fact.kind === 'liveRecorded' || fact.kind === 'servicePointed') && by.name !== 'record-live')
    says('a person says which slot is live', `${by.who} did`);
}

const OPERATIONS_OF_PEOPLE = new Set(['start', 'undo', 'approve', 'abort', 'record-live']);

function weights(weight: number, mine: Entry[], says: Says): void {
  const last = mine.findLast(({ fact }) => fact.kind === 'shiftIntended');
  if (last?.fact.kind === 'shiftIntended' && last.fact.weight > weight) {
    says('weights never fall', `${weight} % after ${last.fact.weight} %`);
  }
}
