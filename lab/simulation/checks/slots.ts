import type { Appended, Effect } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { isNear } from './dials.ts';
import type { ToldRelease } from './told-release.ts';

/** The slots are what the release was admitted for: its revision, its images, its size, and stable held up behind it. */
export function checkSlots(stage: Stage, effect: Effect): void {
  if (effect.kind === 'scaleSlot') {
    stableKeepsItsSize(stage, effect);
    liveCarries(stage, effect);
  }
  if (effect.kind === 'setDial' && effect.by.name === 'shift-traffic') beforeAShift(stage, effect);
}

function beforeAShift(stage: Stage, effect: Effect & { kind: 'setDial' }): void {
  const { by, workload, before, dial } = effect;
  const { releaseId = '' } = by.event as { releaseId?: string };
  const release = stage.release(workload, releaseId);
  const site = stage.site(workload);
  const { admission } = release ?? {};
  if (release === undefined || admission === undefined) return;
  const { canary, stable } = admission;
  const weight = dial[canary];
  if (weight <= before[canary] && !isNear(weight, 0)) return;
  const says = (rule: string, how: string) =>
    stage.violate(rule, `${by.who} sets ${weight} % for ${releaseId}: ${how}`);
  const written = site.slots.written(site.workload, canary);
  if (written?.revision !== admission.revision) {
    says('what gets traffic is what was released', `${canary} has ${written?.revision}, not ${admission.revision}`);
  }
  const editedAtEpochMs = site.editedByHandAtEpochMs(canary);
  const isTooNew = editedAtEpochMs !== undefined && editedAtEpochMs >= by.startedAtEpochMs - seenWithinMs(release);
  for (const [container, uri] of Object.entries(release.undoOf === undefined ? release.images : {})) {
    if (written?.images[container] === uri || isTooNew) continue;
    says('what gets traffic is what was released', `${container} runs ${written?.images[container]}, not ${uri}`);
  }
  const edits = site.templateEditsEpochMs.filter(epochMs => epochMs <= (release.lines[0]?.landedAtEpochMs ?? 0)).length;
  if (release.undoOf === undefined && editedAtEpochMs === undefined && site.editsIn(canary) < edits) {
    says('what gets traffic is what was released', `the template has ${site.editsIn(canary)} of ${edits} edits`);
  }
  if (site.isScaledByHand(canary) || weight === 0) return;
  // what it had when the slots were read for this weight, and not less than at admission
  const { size, sizedAtEpochMs } = site.pods[stable];
  const isRead = sizedAtEpochMs < by.startedAtEpochMs - seenWithinMs(release) && !site.isScaledByHand(stable);
  const stableSize = Math.max(admission.stableReplicas, isRead ? size : 0);
  const needed = Math.max(1, Math.ceil((stableSize * weight) / 100));
  if (site.pods[canary].size < needed) {
    says('the pods are as many as the traffic needs', `${canary} has ${site.pods[canary].size} pods of ${needed}`);
  }
  const { autoscalerMinimum } = site.spec;
  if (autoscalerMinimum === undefined || admission.first === true) return;
  const minimum = site.minimumOf(stable);
  if (minimum !== undefined && minimum < stableSize) {
    says('stable keeps its full size', `its autoscaler's minimum is ${minimum}, of ${stableSize}`);
  }
}

/** The slots are read in the step before its weight is set, which then waits for the end of a window; calls are slow. */
const seenWithinMs = ({ asked }: ToldRelease): number => asked.windowSeconds * 1000 + 3 * 60_000;

/** What stable is given up for is read by whoever gives it up. */
export function checkContentAtNoReturn(stage: Stage, { workload, release, entry, by }: Appended): void {
  const { admission, releaseId } = release;
  if (entry.fact.kind !== 'retiring' || admission === undefined || admission.first === true || by === undefined) return;
  if (isShort(stage, workload, release, by.startedAtEpochMs)) {
    const how = `${releaseId}: a person had taken pods from ${admission.canary} before ${by.who} began`;
    stage.violate('stable is given up for a slot that carries its traffic', how);
  }
  const editedAtEpochMs = stage.site(workload).editedByHandAtEpochMs(admission.canary);
  if (editedAtEpochMs === undefined || editedAtEpochMs >= by.startedAtEpochMs) return;
  stage.violate(
    'what is promoted is what was released',
    `${releaseId}: a person set another image before ${by.who} began`,
  );
}

/** Past the point of no return stable's pods stay for as long as the live slot cannot carry what they could. */
function liveCarries(stage: Stage, { by, workload, slot, replicas }: Effect & { kind: 'scaleSlot' }): void {
  const { releaseId = '' } = by.event as { releaseId?: string };
  const release = stage.release(workload, releaseId);
  const { admission, turnedBackAtEpochMs } = release ?? {};
  const isRetiring = by.name === 'retire-stable' && replicas === 0 && slot === admission?.stable;
  if (release === undefined || !isRetiring || admission?.first === true || turnedBackAtEpochMs !== undefined) return;
  if (!isShort(stage, workload, release, by.startedAtEpochMs)) return;
  const how = `${by.who} scales ${slot} to 0, and a person had taken pods from the live slot before`;
  stage.violate('stable is given up for a slot that carries its traffic', how);
}

/** A person has left a slot with fewer pods than it was given last, and no autoscaler has it. */
function isShort(stage: Stage, workload: string, { admission, lines }: ToldRelease, beforeEpochMs: number): boolean {
  const site = stage.site(workload);
  const canary = admission?.canary ?? 'blue';
  const sized = lines.findLast(({ fact }) => fact.kind === 'sizeIntended')?.fact;
  const atEpochMs = site.scaledByHandAtEpochMs(canary);
  if (sized?.kind !== 'sizeIntended' || atEpochMs === undefined || atEpochMs >= beforeEpochMs) return false;
  return site.minimumOf(canary) === undefined && site.pods[canary].size < sized.replicas;
}

/** Before the point of no return nobody takes pods from the slot to which the release may have to go back. */
function stableKeepsItsSize(stage: Stage, effect: Effect & { kind: 'scaleSlot' }): void {
  const { by, workload, slot, from, replicas } = effect;
  const { releaseId = '' } = by.event as { releaseId?: string };
  const release = stage.release(workload, releaseId);
  if (release?.admission?.stable !== slot || replicas >= from) return;
  if (by.name === 'retire-stable' && release.retiringAtEpochMs !== undefined) return;
  stage.violate('stable keeps its full size', `${by.who} scales ${slot} from ${from} to ${replicas}`);
}
