import { assertNever } from '../assert-never.ts';
import { approvalRule } from '../plan/approval-rule.ts';
import { bothAlthough } from './although.ts';
import { type Although, type Entry, type Fact, FINDING_KINDS } from './facts.ts';
import { openingOf } from './opening.ts';
import { withStart } from './starts.ts';
import { PROCEED, type ReleaseState } from './state.ts';
import { stepsOf } from './steps-of.ts';
import { confirmedWeight } from './weight.ts';

type ReleaseFact = Exclude<Fact, { kind: 'requested' | 'closed' | 'pushRefused' | 'retagPassed' | 'snapshotTaken' }>;

/**
 * Facts that say what is seen, asked or tried, and so may come for ever where nothing moves: all others bring a release on.
 */
const STANDS_STILL: ReadonlySet<ReleaseFact['kind']> = new Set([
  'runClaimed',
  'overridden',
  'alarmWasOk',
  'alarmSilent',
  'slotSeen',
  'clusterFailed',
  'targetsSeen',
  'finding',
  'stableMinimumRaised',
  'servicePointed',
  'baselineSeen',
  'ceilingsFrozen',
  'windowsFolded',
  'judged',
  'held',
  'resumed',
  'rollBackClaimed',
  'paged',
]);

/** A release after one more fact about it. */
export function foldRelease(release: ReleaseState, entry: Entry, fact: ReleaseFact): ReleaseState {
  const next = apply(release, entry, fact);
  return next === release || STANDS_STILL.has(fact.kind) ? next : { ...next, movedAtEpochMs: entry.atEpochMs };
}

function apply(release: ReleaseState, entry: Entry, fact: ReleaseFact): ReleaseState {
  const at = entry.atEpochMs;
  switch (fact.kind) {
    case 'runClaimed':
      return { ...release, run: fact.run, runsAtEpochMs: withStart(release.runsAtEpochMs, at) };
    case 'overridden':
      return overridden(release, entry, fact.although);
    case 'alarmWasOk':
      return { ...release, alarmsWereOk: [...(release.alarmsWereOk ?? []), fact.alarm] };
    case 'alarmSilent': {
      const silent = { why: fact.why, atEpochMs: at };
      return { ...release, alarmsSilent: { ...release.alarmsSilent, [fact.alarm]: silent } };
    }
    case 'admitted':
      return { ...clusterWorks(release), admission: fact.admission };
    case 'refused':
      return { ...release, refused: fact.because, ...(fact.sameAs !== undefined && { sameAs: fact.sameAs }) };
    case 'canaryIntended':
      return { ...release, canaryIntended: true };
    case 'canaryWritten':
      return {
        ...clusterWorks(release),
        canaryWritten: true,
        ...(fact.images !== undefined && { canaryImages: fact.images }),
      };
    case 'sizeIntended': {
      const { kind: _kind, ...size } = fact;
      // the cluster is asked afresh: what it said of another size says nothing of this one
      const { slotSeen: _, targetsSeen: __, ...rest } = sizedAgain(release, size.weight);
      // only stable is another: what the canary has to become ready in is not renewed by that
      const { size: before, readiedForWeight = -1 } = release;
      const isSame =
        before?.replicas === size.replicas && before.weight === size.weight && readiedForWeight < size.weight;
      return { ...rest, size: { ...size, intendedAtEpochMs: isSame ? before.intendedAtEpochMs : at } };
    }
    case 'slotSeen': {
      const { kind: _, ...seen } = fact;
      return replicasSeen({ ...clusterWorks(release), slotSeen: { ...seen, atEpochMs: at } });
    }
    case 'clusterFailed':
      return { ...release, clusterFailed: { because: fact.because, atEpochMs: at } };
    case 'targetsSeen':
      return { ...release, targetsSeen: { because: fact.because, atEpochMs: at } };
    case 'stableMinimumRaised':
      return minimumRaised(release, at);
    case 'finding':
      return withFinding(release, fact, at);
    case 'readied': {
      const { targetsSeen: _, ...rest } = release;
      return replicasSeen(podsAtReady({ ...rest, readiedForWeight: fact.weight }));
    }
    case 'previewIntended':
      return { ...release, preview: { slot: fact.slot, opened: false } };
    case 'previewOpened':
      return { ...release, preview: { slot: fact.slot, opened: true } };
    case 'stepStarted':
      return { ...release, stepStartedAtEpochMs: at };
    case 'stepDone': {
      const { stepStartedAtEpochMs: _, ...rest } = withoutHold(release, at);
      return { ...rest, stepsDone: fact.index + 1 };
    }
    case 'shiftIntended': {
      const { from, to, weight } = fact;
      return { ...release, shifts: [...release.shifts, { from, to, weight, intendedAtEpochMs: at }] };
    }
    case 'shiftConfirmed': {
      const { stepStartedAtEpochMs: _, ...rest } = withoutHold(release, at);
      const shifts = release.shifts.map((shift, index) =>
        index === release.shifts.length - 1 ? { ...shift, confirmedAtEpochMs: at } : shift,
      );
      return { ...rest, shifts, stepsDone: release.stepsDone + 1 };
    }
    case 'hookCalled': {
      const hook = { attempt: fact.attempt, calledAtEpochMs: at };
      return { ...release, hooks: { ...release.hooks, [fact.name]: hook } };
    }
    case 'hookRunning': {
      const { kind: _kind, name, ...where } = fact;
      return withHook(release, name, where);
    }
    case 'hookAnswered':
      return withHook(release, fact.name, { answer: { passed: fact.passed, because: fact.because } });
    case 'approvalOpened': {
      const approval = { opening: entry.seq, openedAtEpochMs: at, approvedBy: [] };
      return { ...release, approvals: { ...release.approvals, [fact.name]: approval } };
    }
    case 'approved':
      return approve(release, fact, entry);
    case 'baselineSeen':
      return { ...release, baseline: release.baseline ?? fact.baseline }; // the first stays: what was judged by it was
    case 'ceilingsFrozen':
      return { ...release, ceilings: { ...fact.ceilings, ...release.ceilings } };
    case 'windowsFolded': {
      const { kind: _, ...folded } = fact;
      const judgedUntilEpochMs = Math.max(release.folded?.judgedUntilEpochMs ?? 0, fact.untilEpochMs);
      return { ...release, folded: { ...folded, judgedUntilEpochMs } };
    }
    case 'judged':
      return { ...release, verdict: fact.verdict, byMetric: fact.byMetric };
    case 'held': {
      const { because, fault } = fact;
      return { ...release, hold: { sinceEpochMs: release.hold?.sinceEpochMs ?? at, because, fault } };
    }
    case 'resumed': {
      // a person's answer outlives it: the step that it is for may still be about to end
      const { hold: _, ...rest } =
        release.approvals[PROCEED]?.completeAtEpochMs === undefined ? withoutHold(release, at) : release;
      return rest;
    }
    case 'soakStarted':
      return { ...release, soak: { startedAtEpochMs: at, done: false } };
    case 'soakDone':
      return {
        ...withoutHold(release, at),
        soak: { startedAtEpochMs: release.soak?.startedAtEpochMs ?? at, done: true },
      };
    case 'rollBackClaimed': {
      const { attempt, reason, because } = fact;
      // a later attempt keeps the reason of the first: why it goes back does not change because going back is hard
      const first = release.rollBack ?? { reason, because, claimedAtEpochMs: at, canaryRetired: false };
      const attemptsAtEpochMs = withStart(release.rollBack?.attemptsAtEpochMs, at);
      const handedOver = (release.rollBack?.handedOver ?? 0) + (fact.handsOver === true ? 1 : 0);
      const counted = { attempt, attemptsAtEpochMs, ...(handedOver > 0 && { handedOver }) };
      return { ...release, rollBack: { ...first, ...counted } };
    }
    case 'goingBack':
      return withRollBack(release, { goingBackAtEpochMs: release.rollBack?.goingBackAtEpochMs ?? at });
    case 'dialRestored':
      return restored(release, at);
    case 'dialVerified':
      return withRollBack(release, { verifiedAtEpochMs: release.rollBack?.verifiedAtEpochMs ?? at });
    case 'canaryRetired':
      return release.turnedBack === undefined
        ? withRollBack(release, { canaryRetired: true })
        : { ...release, turnedBack: { ...release.turnedBack, canaryRetired: true } };
    case 'retiring':
      return { ...release, retiringAtEpochMs: release.retiringAtEpochMs ?? at };
    case 'liveRecorded': {
      const { turnedBack: _, ...rest } = withoutHold(release, at);
      if (fact.slot !== release.admission?.stable) return rest; // and forward again
      return { ...rest, turnedBack: { by: entry.by, atEpochMs: at, because: fact.because } };
    }
    case 'servicePointed':
      return withFinding(release, { kind: 'finding', what: 'service' }, at);
    case 'stableRetired':
      return { ...release, stableRetired: true };
    case 'paged': {
      const { what, because, sinceEpochMs, times } = fact;
      const paged = { because, sinceEpochMs, times, lastAtEpochMs: at };
      const finding = FINDING_KINDS.find(kind => kind === what);
      if (finding === undefined) return { ...release, paged: { what, ...paged } };
      return { ...release, findingsPaged: { ...release.findingsPaged, [finding]: paged } };
    }
    default:
      return assertNever(fact);
  }
}

/** What was seen of the minimum is over; the next reading says whether it stays. */
function minimumRaised(release: ReleaseState, at: number): ReleaseState {
  const next = { ...release, minimumRaised: { times: (release.minimumRaised?.times ?? 0) + 1, lastAtEpochMs: at } };
  if (release.slotSeen?.stable === undefined) return next;
  const { minimum: _, ...stable } = release.slotSeen.stable;
  return { ...next, slotSeen: { ...release.slotSeen, stable } };
}

/** One that lasts keeps its beginning, whatever its sentence says by now. */
function withFinding(
  { findings: before, ...release }: ReleaseState,
  { what, because }: Extract<Fact, { kind: 'finding' }>,
  at: number,
): ReleaseState {
  const { [what]: found, ...others } = before ?? {};
  const findings =
    because === undefined ? others : { ...others, [what]: { because, sinceEpochMs: found?.sinceEpochMs ?? at } };
  return Object.keys(findings).length === 0 ? release : { ...release, findings };
}

/** What is overridden anew is ignored anew, also where it was OK in between. */
function overridden(release: ReleaseState, { by, atEpochMs }: Entry, although: Although): ReleaseState {
  const { alarmsWereOk, ...rest } = release;
  const stillOk = alarmsWereOk?.filter(alarm => although.alarms?.includes(alarm) !== true) ?? [];
  return {
    ...rest,
    ...(stillOk.length > 0 && { alarmsWereOk: stillOk }),
    although: { ...bothAlthough(release.although, although), by, atEpochMs },
  };
}

/** What it was asked for it has done: what kept it from that before is over. */
function clusterWorks(release: ReleaseState): ReleaseState {
  const { clusterFailed: _, ...rest } = release;
  return rest;
}

/** A canary that is sized once more for a weight for which it was ready is ready for no more than the one that it has. */
function sizedAgain(release: ReleaseState, weight: number): ReleaseState {
  const { readiedForWeight = -1, ...rest } = release;
  if (weight > readiedForWeight) return release;
  const confirmed = confirmedWeight(release);
  return confirmed > 0 ? { ...rest, readiedForWeight: confirmed } : rest;
}

function podsAtReady(release: ReleaseState): ReleaseState {
  const { slotSeen } = release;
  if (release.podsAtReady !== undefined || slotSeen === undefined) return release; // the first stays
  const { mostRestarts = 0, stable } = slotSeen;
  const { restarts: _, ...rest } = slotSeen; // those until here were a start, not a crash loop
  return { ...release, slotSeen: rest, podsAtReady: { mostRestarts, stableRestarts: stable?.restarts ?? 0 } };
}

/** Fewer than there were and are asked for are missing; what an autoscaler adds is not missed before it was there. */
function replicasSeen(release: ReleaseState): ReleaseState {
  const { slotSeen, replicasSeen: before } = release;
  if (release.podsAtReady === undefined || slotSeen === undefined) return release;
  const most = Math.min(Math.max(before?.most ?? 0, slotSeen.available), slotSeen.desired);
  const lackingSinceEpochMs = before?.lackingSinceEpochMs ?? slotSeen.atEpochMs;
  return { ...release, replicasSeen: { most, ...(slotSeen.available < most && { lackingSinceEpochMs }) } };
}

function withHook(release: ReleaseState, name: string, change: object): ReleaseState {
  const hook = release.hooks[name];
  return hook === undefined ? release : { ...release, hooks: { ...release.hooks, [name]: { ...hook, ...change } } };
}

function withRollBack(release: ReleaseState, change: Partial<NonNullable<ReleaseState['rollBack']>>): ReleaseState {
  return release.rollBack === undefined ? release : { ...release, rollBack: { ...release.rollBack, ...change } };
}

/** The canary may have had traffic until now: what was verified before says nothing, and its drain begins anew. */
function restored(release: ReleaseState, at: number): ReleaseState {
  if (release.rollBack === undefined) return release;
  const { verifiedAtEpochMs: _, ...rest } = release.rollBack;
  return { ...release, rollBack: { ...rest, restoredAtEpochMs: at } };
}

/** A hold ends, and with it the question that it asked: a person who said "proceed" said it of this step alone. */
function withoutHold(release: ReleaseState, at: number): ReleaseState {
  const { hold, ...rest } = release;
  const { [PROCEED]: asked, ...approvals } = release.approvals;
  // before admission there is no deadline yet
  if (hold !== undefined && !hold.fault && release.admission !== undefined) {
    return { ...rest, approvals, heldMs: (release.heldMs ?? 0) + at - hold.sinceEpochMs };
  }
  if (asked === undefined) return rest;
  const askedMs = (release.askedMs ?? 0) + (asked.completeAtEpochMs ?? at) - asked.openedAtEpochMs;
  return { ...rest, approvals, askedMs };
}

function approve(release: ReleaseState, fact: Extract<Fact, { kind: 'approved' }>, entry: Entry): ReleaseState {
  const { name, opening } = fact;
  const approval = release.approvals[name];
  if (approval === undefined || approval.approvedBy.includes(entry.by)) return release; // twice is once
  if (opening !== undefined && opening !== openingOf(approval)) return release; // said of a question that is over
  const approvedBy = [...approval.approvedBy, entry.by];
  const complete = approvedBy.length >= approvalRule(stepsOf(release), name).required;
  const next = { ...approval, approvedBy, ...(complete ? { completeAtEpochMs: entry.atEpochMs } : {}) };
  return { ...release, approvals: { ...release.approvals, [name]: next } };
}
