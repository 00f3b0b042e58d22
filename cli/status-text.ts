import { type Paint, plain } from '../adapters/terminal/paint.ts';
import { dialText, SLOTS, type Slot } from '../domain/dial.ts';
import { durationText } from '../domain/file/units.ts';
import { althoughTexts } from '../domain/ledger/although.ts';
import { endText, imagesText } from '../domain/ledger/news.ts';
import { silentText } from '../domain/ledger/silent-text.ts';
import type { EndedRelease, ReleaseState } from '../domain/ledger/state.ts';
import { stepsOf } from '../domain/ledger/steps-of.ts';
import { confirmedWeight } from '../domain/ledger/weight.ts';
import { openApprovals } from '../domain/release/approvals.ts';
import { findingsOf } from '../domain/release/findings.ts';
import { currentStep } from '../domain/release/next-step.ts';
import { turnedTo } from '../domain/release/record-live.ts';
import { stepText } from '../domain/steps/plan-registry.ts';
import { approvalText, approveCommandOf } from './approval-text.ts';
import type { WorkloadAnswer } from './control-plane/operations.ts';
import { OUTCOME_STYLE, VERDICT_STYLE } from './styles.ts';

type Row = [label: string, text: string];

const ENDED_SHOWN = 5;
/** Columns of a label: two blanks after the longest. */
const LABEL = 11;

export interface StatusOptions {
  /** A command that can be pasted, for the control plane that was asked. @param command without `npx sluice` */
  paste: (command: string) => string;
  paint?: Paint;
}

/** A workload and its releases, one line each thing, however long; what waits for a person first. Ends with a newline. */
export function statusText(workload: string, { state, dial, awaited }: WorkloadAnswer, options: StatusOptions): string {
  const { paint = plain } = options;
  const waited = awaited?.find(({ releaseId }) => releaseId === state.active?.releaseId);
  const rows: Row[] = [
    ['live', liveText({ state, dial })],
    ['traffic', 'unreadable' in dial ? `not known: ${dial.unreadable}` : dialText(dial)],
    ...turnedRows(workload, { state, dial }, options),
    ...(state.active === undefined ? [['release', 'none in progress'] as Row] : releaseRows(state.active, paint)),
    ...retagRows(workload, state, options),
    ...(waited === undefined
      ? []
      : [['waits for', `${waited.awaited}, since ${minuteText(waited.sinceEpochMs)}`] as Row]),
    ...(state.waiting === undefined
      ? []
      : [['queued', queuedText(state.waiting)] as Row, ...pagedRows(state.waiting, paint)]),
    ...endedRows(state.ended, paint),
  ];
  return [
    paint('bold', workload),
    ...approvalLines(state.active, options),
    ...rows.map(([label, text]) => `  ${label.padEnd(LABEL)}${text}`),
    '',
  ].join('\n');
}

/** A tag on an image of before: nothing starts by itself, and this is how it is released. */
function retagRows(
  workload: string,
  { retag, live }: WorkloadAnswer['state'],
  { paste, paint = plain }: StatusOptions,
): Row[] {
  if (retag === undefined) return [];
  const { image, because, atEpochMs } = retag;
  if (Object.values(live?.images ?? {}).some(({ digest }) => digest === image.digest)) return []; // it is live by now
  const command = paste(`start ${workload} --image ${image.repository}:${image.reference}`);
  const pushed = `an image that was pushed at ${minuteText(image.pushedAtEpochMs)}`;
  const text = `${image.reference} was put on ${pushed}, seen at ${minuteText(atEpochMs)}: ${because}. To release it: ${command}`;
  return [['tag', paint('yellow', text)]];
}

/** The rule was turned by hand: until that is recorded, or turned back, no release begins. */
function turnedRows(
  workload: string,
  { state, dial }: Pick<WorkloadAnswer, 'state' | 'dial'>,
  options: StatusOptions,
): Row[] {
  const slot = turnedTo(state, dial);
  if (slot === undefined) return [];
  const { paint = plain, paste } = options;
  const command = paste(`record-live ${workload} --slot ${slot}`);
  return [
    ['', paint('yellow', `${slot} was not promoted: the traffic was turned by hand. If that is to stay: ${command}`)],
  ];
}

/** `  approval  go-live: 0 of 1 approvals, from leads`, and under it the command. */
const approvalLines = (active: ReleaseState | undefined, { paste, paint = plain }: StatusOptions): string[] =>
  active === undefined
    ? []
    : openApprovals(active).flatMap(open => [
        `  ${paint(['bold', 'yellow'], 'approval'.padEnd(LABEL))}${paint('yellow', `waiting for ${approvalText(open)}`)}`,
        `    ${paste(approveCommandOf(active.releaseId, open))}`,
      ]);

/** One line for each workload; those that wait for a person first, with the command. */
export function statusLines(
  answers: readonly { workload: string; answer: WorkloadAnswer }[],
  { paste, paint = plain }: StatusOptions,
): string {
  const rows = answers.map(({ workload, answer: { state, dial } }) => ({
    ...{ workload, dial, release: releaseText(state, paint) },
    open:
      state.active === undefined
        ? []
        : openApprovals(state.active).map(one => ({
            text: approvalText(one),
            command: approveCommandOf(state.active?.releaseId ?? '', one),
          })),
  }));
  const nameWidth = Math.max(...rows.map(row => row.workload.length));
  const width = (slot: Slot) =>
    Math.max(...rows.map(({ dial }) => ('unreadable' in dial ? 0 : String(dial[slot]).length)));
  const traffic = (dial: WorkloadAnswer['dial']) =>
    'unreadable' in dial
      ? `traffic not known (${dial.unreadable})`
      : SLOTS.map(slot => `${slot} ${String(dial[slot]).padStart(width(slot))} %`).join(', ');
  return rows
    .toSorted((a, b) => Number(b.open.length > 0) - Number(a.open.length > 0))
    .flatMap(({ workload, dial, release, open }) => [
      `${workload.padEnd(nameWidth)}  ${traffic(dial)}; ${release}\n`,
      ...open.flatMap(one => [`  ${paint('yellow', `waiting for ${one.text}`)}\n`, `    ${paste(one.command)}\n`]),
    ])
    .join('');
}

function releaseText({ active, ended: [last] }: WorkloadAnswer['state'], paint: Paint): string {
  if (active !== undefined)
    return `${active.releaseId} ${active.rollBack === undefined ? 'in progress' : 'rolling back'}`;
  return last === undefined
    ? 'no release yet'
    : `${last.releaseId} ${paint(OUTCOME_STYLE[last.outcome], last.outcome)}`;
}

function liveText({ state, dial }: Pick<WorkloadAnswer, 'state' | 'dial'>): string {
  const { live, active, ended } = state;
  if (live?.recorded !== undefined) {
    const { by, atEpochMs, because, from } = live.recorded;
    const turned = `turned by hand from ${from.slot} (${from.releaseId})`;
    return `${live.slot}, revision ${live.revision}, ${turned}, recorded by ${by}, ${minuteText(atEpochMs)}: ${because}`;
  }
  if (live !== undefined) return `${live.slot}, revision ${live.revision}, by ${live.releaseId}`;
  const admission = active?.admission ?? ended.find(release => release.admission !== undefined)?.admission;
  if (admission !== undefined) {
    return `${admission.stable}, revision ${admission.stableRevision}, from before the first promotion`;
  }
  const slot = 'unreadable' in dial ? undefined : SLOTS.find(candidate => dial[candidate] === 100);
  return slot === undefined ? 'not known: no slot has 100 % of the traffic' : `${slot}, from before the first release`;
}

const nameText = (release: ReleaseState): string =>
  `${release.releaseId}, ${imagesText(release.images, release.undoOf)}, requested by ${release.requestedBy}`;

const queuedText = (release: ReleaseState): string =>
  release.againOf === undefined
    ? nameText(release)
    : `${nameText(release)}, the same image as ${release.againOf}: released if the Deployment has changed since`;

/** A reason that several of them have is told by the last one alone. */
function releaseRows(release: ReleaseState, paint: Paint): Row[] {
  const { admission, rollBack, hold, verdict, plan, retiringAtEpochMs } = release;
  const revision = admission === undefined ? [] : [`revision ${admission.revision} in ${admission.canary}`];
  const because = (text: string, later: (string | undefined)[]) =>
    later.some(other => other?.endsWith(text)) ? '' : `: ${text}`;
  const kind = (verdictKind: keyof typeof VERDICT_STYLE) => paint(VERDICT_STYLE[verdictKind], verdictKind);
  const verdictText = (one: NonNullable<typeof verdict>) =>
    `${kind(one.kind)}${because(one.because, [rollBack === undefined ? hold?.because : rollBack.because])}`;
  return [
    ['release', [nameText(release), ...revision].join(', ')],
    ...althoughRows(release),
    ...silentRows(release),
    ['step', placeText(release)],
    ['weight', `${rollBack?.restoredAtEpochMs === undefined ? confirmedWeight(release) : 0} % to the canary`],
    ...(verdict === undefined ? [] : [['verdict', verdictText(verdict)] as Row]),
    ...(hold === undefined || rollBack !== undefined
      ? []
      : [
          [
            'on hold',
            `${hold.because}${retiringAtEpochMs === undefined ? ` (for at most ${durationText(plan.hold.atMostSeconds)}, then ${plan.hold.then})` : ''}`,
          ] as Row,
        ]),
    ...slotRows(release),
    ...findingRows(release, paint),
    ...(rollBack === undefined ? [] : [['roll back', `${paint('red', rollBack.reason)}: ${rollBack.because}`] as Row]),
    ...pagedRows(release, paint),
  ];
}

/** What a person was called about last; it may have come since. */
function pagedRows({ paged }: ReleaseState, paint: Paint): Row[] {
  if (paged === undefined) return [];
  const times = paged.times === 1 ? 'once' : `${paged.times} times, the last`;
  return [['paged', paint('yellow', `${times} at ${minuteText(paged.lastAtEpochMs)}: waiting for ${paged.because}`)]];
}

/** What is wrong beside the road, with the way out, whether or not a person was reached. */
const findingRows = (release: ReleaseState, paint: Paint): Row[] =>
  findingsOf(release).map(({ because, sinceEpochMs }) => [
    'found',
    paint('yellow', `since ${minuteText(sinceEpochMs)}: ${because}`),
  ]);

function althoughRows({ although }: ReleaseState): Row[] {
  if (although === undefined) return [];
  return althoughTexts(although).map((text, index) => [
    'although',
    index === 0 ? `${although.by}, ${minuteText(although.atEpochMs)}: ${text}` : text,
  ]);
}

/** Alarms that protect nothing: whoever counts on them should know. */
const silentRows = ({ alarmsSilent = {} }: ReleaseState): Row[] =>
  Object.entries(alarmsSilent).map(([alarm, { why, atEpochMs }]) => [
    'alarms',
    `${silentText(alarm, why)} (seen first at ${minuteText(atEpochMs)})`,
  ]);

const minuteText = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function placeText(release: ReleaseState): string {
  const { stepsDone, admission, rollBack, soak, turnedBack } = release;
  if (admission === undefined) return 'not admitted yet';
  if (rollBack !== undefined) {
    return rollBack.verifiedAtEpochMs === undefined
      ? 'rolling back'
      : 'rolled back; the canary is scaled down when its connections have ended';
  }
  if (turnedBack !== undefined)
    return `turned back by hand, as ${turnedBack.by} says; the canary is scaled down when its connections have ended`;
  const { steps, soakSeconds } = stepsOf(release);
  const step = currentStep(release);
  if (step !== undefined) return `${stepsDone + 1} of ${steps.length}: ${stepText(step)}`;
  if (soak?.done !== true) return `soak ${durationText(soakSeconds)}`;
  return 'promoted; the old version is scaled down when its connections have ended';
}

function slotRows({ slotSeen, targetsSeen }: ReleaseState): Row[] {
  const targets: Row[] = targetsSeen === undefined ? [] : [['targets', targetsSeen.because]];
  if (slotSeen === undefined || slotSeen.ready) return targets;
  const problem = slotSeen.problem === undefined ? '' : `: ${slotSeen.problem}`;
  return [['pods', `${slotSeen.available} of ${slotSeen.desired} ready in ${slotSeen.slot}${problem}`], ...targets];
}

const endedRows = (ended: EndedRelease[], paint: Paint): Row[] =>
  ended
    .slice(0, ENDED_SHOWN)
    .map(
      (release, index): Row => [
        index === 0 ? 'ended' : '',
        `${release.releaseId} ${paint(OUTCOME_STYLE[release.outcome], endText({ ...release, because: '' }))}, ${
          imagesText(release.images, release.undoOf) || 'image not known'
        }${release.because === '' ? '' : `: ${release.because}`}`,
      ],
    );
