import type { Appended } from '../observed-ports.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const RULE = 'another template is another revision';

/** Whoever asks for an image after the Deployment was changed gets it as it is now: in a release that is yet to read it, or has. */
export function checkTemplateIsMeant(
  stage: Stage,
  { workload, images, plan }: Scenario,
  asked: { image: number; askedAtEpochMs: number },
): void {
  const editedAtEpochMs = lastEdit(stage, workload.name, asked.askedAtEpochMs);
  const digest = images[asked.image]?.digest;
  if (editedAtEpochMs === undefined || digest === undefined || plan.onNewImage === 'reject') return;
  // one that waits reads the Deployment when it is admitted, and replaces whatever waited
  if (isFollowed(stage, workload.name, editedAtEpochMs)) return;
  stage.violate(
    RULE,
    `${digest.slice(0, 12)} was asked for after an edit, and no release has read the Deployment since`,
  );
}

/** A Deployment that changes under a release is not lost: whoever sizes the canary after that finds a release queued for it. */
export function checkTemplateIsFollowed(stage: Stage, { workload, release, entry, by }: Appended): void {
  if (entry.fact.kind !== 'sizeIntended' || by === undefined) return;
  const { admittedAtEpochMs, undoOf, asked } = release;
  const editedAtEpochMs = lastEdit(stage, workload, by.startedAtEpochMs - 1);
  if (admittedAtEpochMs === undefined || editedAtEpochMs === undefined || undoOf !== undefined) return;
  if (asked.onNewImage === 'reject' || isFollowed(stage, workload, editedAtEpochMs)) return;
  stage.violate(RULE, `${release.releaseId}, line ${entry.seq}: the Deployment was edited, and nothing is queued`);
}

/** Whether a release has read the Deployment since, or will. A line's stamp may be so much older than its call's reading. */
function isFollowed(stage: Stage, workload: string, editedAtEpochMs: number): boolean {
  const since = editedAtEpochMs - stage.clockSkewMs;
  return [...stage.told(workload).releases.values()].some(
    ({ admittedAtEpochMs, closed, lines, undoOf }) =>
      undoOf === undefined &&
      ((lines[0]?.landedAtEpochMs ?? 0) >= editedAtEpochMs ||
        (admittedAtEpochMs === undefined
          ? closed === undefined || closed.atEpochMs >= since
          : admittedAtEpochMs >= since)),
  );
}

const lastEdit = (stage: Stage, workload: string, untilEpochMs: number): number | undefined =>
  stage.site(workload).templateEditsEpochMs.findLast(epochMs => epochMs <= untilEpochMs);
