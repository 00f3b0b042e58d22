import type { Appended, Effect } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { isNear } from './dials.ts';
import type { ToldRelease } from './told-release.ts';

/** The slots are what the release was admitted for: its revision, its images, its size, and stable held up behind it. */
export function checkSlots(stage: Stage, effect: Effect): void {
  if (effect.kind === 'scaleSlot') stableKeepsItsSize(stage, effect);
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
  const needed = Math.max(1, Math.ceil((admission.stableReplicas * weight) / 100));
  if (site.pods[canary].size < needed) {
    says('the pods are as many as the traffic needs', `${canary} has ${site.pods[canary].size} pods of ${needed}`);
  }
  const { autoscalerMinimum } = site.spec;
  if (autoscalerMinimum === undefined || admission.first === true) return;
  const minimum = site.minimumOf(stable);
  if (minimum !== undefined && minimum < admission.stableReplicas) {
    says('stable keeps its full size', `its autoscaler's minimum is ${minimum}, of ${admission.stableReplicas}`);
  }
}

/** The slots are read in the step before its weight is set, which then waits for the end of a window; calls are slow. */
const seenWithinMs = ({ asked }: ToldRelease): number => asked.windowSeconds * 1000 + 3 * 60_000;

/** What stable is given up for is read by whoever gives it up. */
export function checkContentAtTheDoor(stage: Stage, { workload, release, entry, by }: Appended): void {
  const { admission, releaseId } = release;
  if (entry.fact.kind !== 'retiring' || admission === undefined || admission.first === true || by === undefined) return;
  const editedAtEpochMs = stage.site(workload).editedByHandAtEpochMs(admission.canary);
  if (editedAtEpochMs === undefined || editedAtEpochMs >= by.startedAtEpochMs) return;
  stage.violate(
    'what is promoted is what was released',
    `${releaseId}: a hand set another image before ${by.who} began`,
  );
}

/** Before the door nobody takes pods from the slot to which the release may have to go back. */
function stableKeepsItsSize(stage: Stage, effect: Effect & { kind: 'scaleSlot' }): void {
  const { by, workload, slot, from, replicas } = effect;
  const { releaseId = '' } = by.event as { releaseId?: string };
  const release = stage.release(workload, releaseId);
  if (release?.admission?.stable !== slot || replicas >= from) return;
  if (by.name === 'retire-stable' && release.retiringAtEpochMs !== undefined) return;
  stage.violate('stable keeps its full size', `${by.who} scales ${slot} from ${from} to ${replicas}`);
}
