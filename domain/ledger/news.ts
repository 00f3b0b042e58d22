import { assertNever } from '../assert-never.ts';
import { dialText } from '../dial.ts';
import { durationText } from '../file/units.ts';
import type { Baseline } from '../judges/sequential/baseline.ts';
import { plural } from '../judges/words.ts';
import { percentText, roundedText } from '../number-text.ts';
import type { ReleaseSteps } from '../plan/release-steps.ts';
import { factsOf, stepText } from '../steps/plan-registry.ts';
import { althoughTexts } from './although.ts';
import type { Fact, FindingKind, Outcome, ReleaseImage, RollBackReason } from './facts.ts';
import { silentText } from './silent-text.ts';
import { isKnown } from './versions.ts';

/**
 * What a release's fact is to those who watch; undefined: no news, only for the ledger.
 * @param walks what the release walks through
 */
export function newsOf(fact: Fact, walks: ReleaseSteps): string | undefined {
  if (!isKnown(fact)) return undefined; // of a newer version of Sluice
  switch (fact.kind) {
    case 'requested':
      return [
        `requested: ${imagesText(fact.images, fact.undoOf)}`,
        ...Object.values(fact.images).flatMap(({ unverified }) => unverified ?? []),
        ...althoughTexts(fact.although ?? {}),
      ].join('; ');
    case 'overridden':
      return althoughTexts(fact.although).join('; ');
    case 'alarmWasOk':
      return `alarm ${fact.alarm} is OK: it counts again`;
    case 'alarmSilent':
      return silentText(fact.alarm, fact.why);
    case 'pushRefused':
      return `push of ${fact.image.reference} is ignored: ${fact.because}`;
    case 'retagPassed':
      return `tag ${fact.image.reference} is not released by itself: ${fact.because}`;
    case 'admitted':
      return `admitted: revision ${fact.admission.revision} will run in ${fact.admission.canary}; ${fact.admission.stable} is live`;
    case 'refused':
      return `refused: ${fact.because}`;
    case 'sizeIntended':
      return `scale up ${fact.slot} to ${plural(fact.replicas, 'replica')} for weight ${fact.weight} %`;
    case 'clusterFailed':
      return `the cluster fails: ${fact.because}`;
    case 'targetsSeen':
      return `${fact.slot} is not ready: ${fact.because}`;
    case 'stableMinimumRaised':
      return `the minimum of the autoscaler of ${fact.slot} was put back to ${fact.from}: it is raised to ${fact.to} again`;
    case 'finding':
      return fact.because ?? FINDING_OVER[fact.what];
    case 'readied':
      return `ready for weight ${fact.weight} %`;
    case 'slotSeen':
      return fact.problem === undefined ? undefined : `${fact.slot} is not ready: ${fact.problem}`;
    case 'previewOpened':
      return `preview of ${fact.slot} is open`;
    case 'shiftConfirmed':
      return `weight ${fact.weight} %`;
    case 'stepStarted': {
      const step = walks.steps[fact.index];
      return step === undefined || factsOf(step).weight !== undefined ? undefined : stepText(step);
    }
    case 'stepDone': {
      const step = walks.steps[fact.index];
      return step === undefined ? undefined : `${stepText(step)} is done: ${fact.because}`;
    }
    case 'hookAnswered':
      return `hook ${fact.name} ${fact.passed ? 'passed' : `failed: ${fact.because}`}`;
    case 'approvalOpened':
      return `waiting for approval ${fact.name}`;
    case 'approved':
      return `approval ${fact.name} was given`;
    case 'judged':
      return `${fact.verdict.kind}: ${fact.verdict.because}`;
    case 'baselineSeen':
      return [baselineText(fact.baseline), ...(fact.blind ?? []).map(text => `the plan is blind: ${text}`)].join('; ');
    case 'ceilingsFrozen':
      return Object.entries(fact.ceilings)
        .map(([name, ceilings]) => `ceiling of ${name}: ${ceilings.map(percentText).join(', ')}`)
        .join('; ');
    case 'windowsFolded':
      return fact.lostUntilEpochMs === undefined
        ? undefined
        : `what was judged before ${new Date(fact.lostUntilEpochMs).toISOString()} is lost`;
    case 'held':
      return `on hold: ${fact.because}`;
    case 'resumed':
      return 'no longer on hold';
    case 'soakStarted':
      return walks.soakSeconds === 0
        ? undefined
        : `soak ${durationText(walks.soakSeconds)}: stable keeps its full size, a roll back is one call`;
    case 'rollBackClaimed':
      return fact.handsOver === true ? undefined : `is rolling back (${fact.reason}): ${fact.because}`;
    case 'dialRestored':
      return `weight 0 %: ${dialText(fact.dial)}`;
    case 'retiring':
      return 'promoted: the old version is scaled down when its connections have ended';
    case 'liveRecorded':
      return `${fact.slot} is recorded as live, revision ${fact.revision}: ${fact.because}`;
    case 'servicePointed':
      return `Service ${fact.service} (${fact.before}) is pointed at ${fact.slot} again: ${fact.because}`;
    case 'paged':
      return `a person is called${fact.times > 1 ? ` (${fact.times} times now)` : ''}: ${isFinding(fact.what) ? '' : 'waiting for '}${fact.because}`;
    case 'closed':
      return endText(fact);
    case 'runClaimed':
    case 'canaryIntended':
    case 'canaryWritten':
    case 'previewIntended':
    case 'shiftIntended':
    case 'hookCalled':
    case 'hookRunning':
    case 'soakDone':
    case 'goingBack':
    case 'dialVerified':
    case 'canaryRetired':
    case 'stableRetired':
    case 'snapshotTaken':
      return undefined;
    default:
      return assertNever(fact);
  }
}

const FINDING_OVER: Record<FindingKind, string> = {
  service: "the team's own Service selects the live slot again",
  stableMinimum: "the minimum of stable's autoscaler is as Sluice has set it",
};
const isFinding = (what: string): boolean => Object.hasOwn(FINDING_OVER, what);

const baselineText = (baseline: Record<string, Baseline>): string =>
  Object.entries(baseline)
    .map(([name, { windows, phi, assumed }]) => {
      const times = phi.map(one => roundedText(one, 3)).join(' and ');
      const seen = plural(windows, 'window');
      const from =
        windows === 0
          ? 'assumed (no history)'
          : assumed
            ? `assumed (too little history: ${seen})`
            : `measured (${seen})`;
      return `${name}: variance ${from}, ${times} times that of chance`;
    })
    .join('; ');

/** `rolledBack (degraded): errors: 4 of …`; the reason that there was nothing to say is not said. */
export const endText = (end: { outcome: Outcome; reason?: RollBackReason; because: string }): string =>
  [
    end.outcome,
    ...(end.reason === undefined ? [] : [` (${end.reason})`]),
    ...(end.because === '' ? [] : [`: ${end.because}`]),
  ].join('');

/** `image v2`, `app v2, sidecar v7`, `undo of shop-3`. */
export function imagesText(images: Record<string, ReleaseImage>, undoOf?: string): string {
  const all = Object.entries(images);
  const text = all
    .map(([container, { reference, unverified }]) => {
      const given = unverified === undefined ? '' : ' (as given: nobody verified it)';
      return `${all.length === 1 ? 'image' : container} ${reference}${given}`;
    })
    .join(', ');
  if (undoOf === undefined) return text;
  return all.length === 0 ? `undo of ${undoOf}` : `undo of ${undoOf}, ${text}`;
}
