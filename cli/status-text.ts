import { SLOTS } from '../domain/dial.ts';
import { durationText } from '../domain/file/units.ts';
import { endText, imagesText, stepText } from '../domain/ledger/news.ts';
import type { EndedRelease, ReleaseState } from '../domain/ledger/state.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { confirmedWeight, currentStep } from '../domain/release/next-step.ts';
import type { WorkloadAnswer } from './control-plane/doors.ts';

type Row = [label: string, text: string];

const ENDED_SHOWN = 5;

/** A workload and its releases as plain lines; ends with a newline. */
export function statusText(workload: string, { state, dial }: WorkloadAnswer): string {
  const rows: Row[] = [
    ['live', liveText({ state, dial })],
    ['dial', SLOTS.map(slot => `${slot} ${dial[slot]} %`).join(', ')],
    ...(state.active === undefined ? [['release', 'none on its way'] as Row] : releaseRows(state.active)),
    ...(state.waiting === undefined ? [] : [['waiting', nameText(state.waiting)] as Row]),
    ...endedRows(state.ended),
  ];
  return [workload, ...rows.map(([label, text]) => `  ${label.padEnd(10)}${text}`), ''].join('\n');
}

/** `shop  blue live, dial blue 75 %, green 25 %, shop-2 on its way` */
export function statusLine(workload: string, { state, dial }: WorkloadAnswer): string {
  const last = state.ended[0];
  const release =
    state.active !== undefined
      ? `${state.active.releaseId} is on its way`
      : last === undefined
        ? 'no release yet'
        : `${last.releaseId} ${last.outcome}`;
  return `${workload}  ${SLOTS.map(slot => `${slot} ${dial[slot]} %`).join(', ')}; ${release}\n`;
}

function liveText({ state, dial }: Pick<WorkloadAnswer, 'state' | 'dial'>): string {
  const { live, active, ended } = state;
  if (live !== undefined) return `${live.slot}, revision ${live.revision}, by ${live.releaseId}`;
  const admission = active?.admission ?? ended.find(release => release.admission !== undefined)?.admission;
  if (admission !== undefined) {
    return `${admission.stable}, revision ${admission.stableRevision}, there before the first promotion`;
  }
  const slot = SLOTS.find(candidate => dial[candidate] === 100);
  return slot === undefined ? 'not known: the dial is not at rest' : `${slot}, there before the first release`;
}

const nameText = (release: ReleaseState): string =>
  `${release.releaseId}, ${imagesText(release.images, release.undoOf)}, asked for by ${release.requestedBy}`;

function releaseRows(release: ReleaseState): Row[] {
  const { admission, rollBack, hold, verdict, plan } = release;
  const revision = admission === undefined ? [] : [`revision ${admission.revision} in ${admission.canary}`];
  return [
    ['release', [nameText(release), ...revision].join(', ')],
    ['step', placeText(release)],
    ['weight', `${confirmedWeight(release)} % to the canary`],
    ...(verdict === undefined ? [] : [['verdict', `${verdict.kind}: ${verdict.because}`] as Row]),
    ...(hold === undefined ? [] : [['holds', `${hold.because}${holdEnd(plan)}`] as Row]),
    ...slotRows(release),
    ...(rollBack === undefined ? [] : [['goes back', `${rollBack.reason}: ${rollBack.because}`] as Row]),
    ...approvalRows(release),
  ];
}

const holdEnd = ({ hold }: Plan): string => ` (for at most ${durationText(hold.atMostSeconds)}, then ${hold.then})`;

function placeText(release: ReleaseState): string {
  const { plan, stepsDone, admission, rollBack, soak } = release;
  if (admission === undefined) return 'not admitted yet';
  if (rollBack !== undefined) {
    return rollBack.verifiedAtEpochMs === undefined ? 'going back' : 'back; the canary drains and is scaled down';
  }
  const step = currentStep(release);
  if (step !== undefined) return `${stepsDone + 1} of ${plan.steps.length}: ${stepText(step)}`;
  if (soak?.done !== true) return `soak ${durationText(plan.soakSeconds)}`;
  return 'promoted; the other slot drains and is scaled down';
}

function slotRows({ slotSeen }: ReleaseState): Row[] {
  if (slotSeen === undefined || slotSeen.ready) return [];
  const problem = slotSeen.problem === undefined ? '' : `: ${slotSeen.problem}`;
  return [['pods', `${slotSeen.available} of ${slotSeen.desired} ready in ${slotSeen.slot}${problem}`]];
}

function approvalRows(release: ReleaseState): Row[] {
  if (release.rollBack !== undefined) return [];
  return Object.entries(release.approvals)
    .filter(([, approval]) => approval.completeAtEpochMs === undefined)
    .map(([name, { approvedBy }]): Row => {
      const step = release.plan.steps.find(candidate => candidate.kind === 'approval' && candidate.name === name);
      if (step?.kind !== 'approval') {
        return ['approval', `${name}: asks whether to go on; npx sluice approve ${release.releaseId}`];
      }
      const given = `${approvedBy.length} of ${step.required}${approvedBy.length === 0 ? '' : ` (${approvedBy.join(', ')})`}`;
      const command = `npx sluice approve ${release.releaseId} --group ${step.groups[0]}`;
      return ['approval', `${name}: ${given}, for ${step.groups.join(' or ')}; ${command}`];
    });
}

const endedRows = (ended: EndedRelease[]): Row[] =>
  ended
    .slice(0, ENDED_SHOWN)
    .map(
      (release, index): Row => [
        index === 0 ? 'ended' : '',
        `${release.releaseId} ${endText(release)} (${imagesText(release.images) || 'no image known'})`,
      ],
    );
