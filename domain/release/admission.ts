import { type Dial, dialText, otherSlot, SLOTS, type Slot } from '../dial.ts';
import type { Admission } from '../ledger/facts.ts';
import type { EndedRelease, Live, ReleaseState } from '../ledger/state.ts';
import { stepsOf } from '../ledger/steps-of.ts';
import type { Draining } from '../routers/draining.ts';
import { routerOf } from '../routers/plan-registry.ts';
import type { NamespaceSelectors } from '../slot/namespace-selectors.ts';
import { podTemplateSchema } from '../slot/pod-template.ts';
import { recordLiveCommand } from '../slot/record-live-command.ts';
import { type RevisionInput, revisionOf } from '../slot/revision.ts';
import { selectionProblems } from '../slot/selected-pods.ts';
import { podLabels } from '../slot/slot-labels.ts';
import { type SlotSource, slotObjects } from '../slot/slot-objects.ts';
import { teamServiceProblem, templatePods } from '../slot/team-service.ts';

/** What is known of one slot before a release. */
interface SlotFound {
  desired: number;
  revision?: string;
  autoscalerMinimum?: number;
  /** The team's, where a release has set another and nothing has put it back. */
  ownMinimum?: number;
  /** Labels of its pods. */
  podLabels?: Record<string, string>;
  /** The line of the ledger as which it was written last. */
  position?: number;
}

/** The world as Admit found it. */
export interface Observed {
  dial: Dial;
  draining: Draining;
  /** Pods of each slot that the router takes for ready. */
  healthy: Record<Slot, number>;
  /** Pods of it that are not leaving, checked or not: one that gets no requests may have pods that nobody checks. */
  registered: Record<Slot, number>;
  template: SlotSource['template'] & {
    podTemplate: Record<string, unknown>;
    containers: string[];
    /** What the template asks for: the size of a first release. */
    replicas: number;
  };
  slots: Record<Slot, SlotFound>;
  /** What selects pods in the namespace. */
  selectors: NamespaceSelectors;
  /** Whether the router can show the canary to a preview header. */
  previews: boolean;
  propagationSeconds: number;
}

export type AdmissionDecision =
  /** `service`: what is wrong with the team's own Service, which a person has to mend; the release does not depend on it. */
  | { kind: 'admitted'; admission: Omit<Admission, 'wayBack'>; because: string; service?: string }
  | { kind: 'refused'; because: string; sameAs?: string };

/** Whether a release may begin, decided before anything has moved. */
export function admit(
  release: ReleaseState,
  found: Observed,
  known: {
    nowEpochMs: number;
    live: Live | undefined;
    /** The last line of the ledger. */
    seq: number;
    /** Of an undo: the revision that was live before the release that it undoes. */
    undoTo?: string | undefined;
    /** Of one that was requested while a release of the same image was on its way: how that one ended. */
    before?: EndedRelease | undefined;
    sha256: (text: string) => string;
  },
): AdmissionDecision {
  const newer = SLOTS.find(slot => (found.slots[slot].position ?? 0) > known.seq);
  if (newer !== undefined) {
    return refused(
      `${newer} was written at line ${found.slots[newer].position} of a ledger, and this one has ${known.seq} lines: another installation of Sluice writes it, or its ledger was lost`,
    );
  }
  const stable = slotAt100(found.dial);
  if (stable === undefined) {
    return refused(`the traffic weights must be 100 % for one slot and are ${dialText(found.dial)}`);
  }
  if (known.live !== undefined && known.live.slot !== stable) {
    const because = `${known.live.slot} was promoted last, but ${stable} gets the traffic: the weights were changed outside Sluice`;
    const { name } = release.workload;
    if (found.slots[stable].desired === 0) return refused(`${because}, and ${stable} has no replicas`);
    return refused(`${because}. If that is to stay, record it, then ask again: ${recordLiveCommand(name, stable)}`);
  }
  const { revision: stableRevision, autoscalerMinimum, ownMinimum = autoscalerMinimum } = found.slots[stable];
  const first = isFirst(found, stable, known.live);
  const problemOfStable = first ? undefined : stableProblem(found, stable);
  if (problemOfStable !== undefined) {
    if (isElsewhere(found, stable)) return refused(problemOfStable);
    if (release.although?.stableIsDown !== true) {
      return refused(`${problemOfStable}. If a fix has to go out all the same: --although-stable-is-down`);
    }
  }
  const canary = otherSlot(stable);
  const problem =
    imageProblem(release, found) ??
    previewProblem(release, found) ??
    templateProblem(release, found, { canary, sha256: known.sha256 }) ??
    selectionProblem(release, found, { canary, isPromoted: known.live !== undefined });
  if (problem !== undefined) return refused(problem);

  const revision =
    release.undoOf === undefined ? requestedRevision(release, found, known.sha256) : found.slots[canary].revision;
  if (revision === undefined) return refused(`${canary} has no revision to restore`);
  if (release.undoOf !== undefined && revision !== known.undoTo) {
    return refused(
      `${canary} has revision ${revision}, not ${known.undoTo ?? 'the one'} that was live before ${release.undoOf}: start a release of it instead`,
    );
  }
  const { before } = known;
  if (before?.admission?.revision === revision) {
    const because = `revision ${revision} is the one that ${before.releaseId} released (${endKind(before)}): the Deployment has not changed since`;
    return { kind: 'refused', because, sameAs: before.releaseId };
  }
  if (revision === stableRevision) return refused(`revision ${revision} is live already, in ${stable}`);
  const kind = { ...(first && { first }), ...(problemOfStable !== undefined && { stableIsDown: true as const }) };
  const service = known.live === undefined ? undefined : serviceFinding(release, found, stable);
  return {
    kind: 'admitted',
    ...(service !== undefined && { service }),
    because: `revision ${revision} goes to ${canary}`,
    admission: {
      ...kind,
      walks: stepsOf({ ...release, admission: kind }),
      stable,
      canary,
      revision,
      stableRevision: stableRevision ?? 'unknown',
      // adoption takes `replicas` out of the template, and a service of no pods is none
      stableReplicas: found.slots[stable].desired || Math.max(1, found.template.replicas),
      ...(ownMinimum === undefined ? {} : { stableMinimum: ownMinimum }),
      deadlineEpochMs: known.nowEpochMs + release.plan.deadlineSeconds * 1000,
      propagationSeconds: found.propagationSeconds,
      draining: found.draining,
    },
  };
}

/**
 * Nothing was ever promoted, the slot at which the dial points was never written, and neither has pods or targets: where the
 * other one has, it is what was live, and somebody has turned the dial away from it.
 */
function isFirst(found: Observed, stable: Slot, live: Live | undefined): boolean {
  const isEmpty = SLOTS.every(slot => found.slots[slot].desired === 0 && found.registered[slot] === 0);
  return live === undefined && found.slots[stable].revision === undefined && isEmpty;
}

function stableProblem(found: Observed, stable: Slot): string | undefined {
  if (found.slots[stable].desired === 0) return `${stable} gets the traffic and has no replicas: nothing is live`;
  if (found.healthy[stable] > 0) return undefined;
  return `no target of ${stable}, which is live, is healthy: there would be no version to roll back to`;
}

/** Nothing is in the slot at which the dial points, and the other one has pods: the dial is wrong, and a fix does not mend that. */
const isElsewhere = (found: Observed, stable: Slot): boolean =>
  found.slots[stable].desired === 0 &&
  (found.slots[otherSlot(stable)].desired > 0 || found.healthy[otherSlot(stable)] > 0);

function slotAt100(dial: Dial): Slot | undefined {
  // the other at 0 as well: rules that disagree read as more than 100 in sum
  if (dial.blue === 100 && dial.green === 0) return 'blue';
  return dial.green === 100 && dial.blue === 0 ? 'green' : undefined;
}

export function requestedRevision(
  release: ReleaseState,
  found: { template: Omit<RevisionInput, 'images'> },
  sha256: (text: string) => string,
): string {
  return revisionOf({ ...found.template, workload: release.workload, images: imageUris(release) }, sha256);
}

/** Image URI by digest per container. */
export const imageUris = (release: Pick<ReleaseState, 'images'>): Record<string, string> =>
  Object.fromEntries(Object.entries(release.images).map(([container, image]) => [container, image.uri]));

function imageProblem(release: ReleaseState, found: Observed): string | undefined {
  const { containers } = found.template;
  const missing = Object.keys(release.images).find(container => !containers.includes(container));
  if (missing === undefined) return undefined;
  return `the template has no container ${missing}; it has ${containers.join(', ')}`;
}

/** Whatever would make it impossible to write the slot: found out before anything is. An undo writes none. */
function templateProblem(
  { workload, images, undoOf }: ReleaseState,
  { template }: Observed,
  { canary, sha256 }: { canary: Slot; sha256: (text: string) => string },
): string | undefined {
  if (undoOf !== undefined) return undefined;
  const content = { revision: '', images: imageUris({ images }), template };
  try {
    slotObjects({ workload, slot: canary, content, hash: sha256 });
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `the template cannot be a slot: ${error.message}`;
  }
}

/** Whatever sends requests to a slot besides the dial, or would leave one out, is found before there are pods to find. */
function selectionProblem(
  { workload, undoOf }: ReleaseState,
  found: Observed,
  { canary, isPromoted }: { canary: Slot; isPromoted: boolean },
): string | undefined {
  const pods = podTemplateSchema.parse(found.template.podTemplate);
  const { selector } = found.template;
  const written = (slot: Slot) => podLabels(workload, slot, { pods, selector });
  const isUndo = undoOf !== undefined;
  const slots = { blue: written('blue'), green: written('green') };
  const restored = isUndo ? { [canary]: found.slots[canary].podLabels ?? slots[canary] } : {};
  const turned = routerOf(workload.router).services(workload.router);
  const problems = selectionProblems(
    {
      workload: { ...workload, turned },
      canary,
      ...(isPromoted && { repair: recordLiveCommand(workload.name, otherSlot(canary)) }),
      slots: { ...slots, ...restored },
      ...(!isUndo && { template: pods.metadata?.labels ?? {} }),
    },
    found.selectors,
  );
  return problems.length === 0 ? undefined : problems.join('. ');
}

/** It selects nothing of what is live: no reason to refuse, since callers have lost it already, and a promotion points it anew. */
function serviceFinding({ workload }: ReleaseState, found: Observed, live: Slot): string | undefined {
  const { blue, green } = found.slots;
  return teamServiceProblem(workload, live, {
    // one that is there and not in the list has no selector
    selector: found.selectors.services.find(({ name }) => name === workload.service)?.selector ?? {},
    slots: { blue: blue.podLabels, green: green.podLabels },
    template: templatePods(found.template),
  });
}

function previewProblem(release: ReleaseState, found: Observed): string | undefined {
  if (stepsOf(release).preview === undefined || found.previews) return undefined;
  const { name, router } = release.workload;
  const { previewKey = 'way to one' } = routerOf(router);
  return `the plan wants a preview by header, and workload ${name} has no ${previewKey}`;
}

const endKind = ({ outcome, reason }: EndedRelease): string =>
  reason === undefined ? outcome : `${outcome}, ${reason}`;

const refused = (because: string): AdmissionDecision => ({ kind: 'refused', because });
