import type { Slot } from '../dial.ts';
import type { Workload } from '../workload.ts';
import { type LabelSelector, type Labels, requirementsOf } from './label-selector.ts';
import { isTeamKey, type PodTemplate } from './pod-template.ts';

export const WORKLOAD_LABEL = 'sluice.dev/workload';
export const SLOT_LABEL = 'sluice.dev/slot';

/** Labels by which a slot's Deployment and Service select its pods. The template's own pods lack them. */
export const slotLabels = (workload: Pick<Workload, 'name'>, slot: Slot): Labels => ({
  [WORKLOAD_LABEL]: workload.name,
  [SLOT_LABEL]: slot,
});

/** Labels of every object of a slot: those of Sluice, and those that the workload declares. */
export const objectLabels = (workload: Pick<Workload, 'name' | 'labels'>, slot: Slot): Labels => ({
  ...workload.labels,
  ...slotLabels(workload, slot),
});

/**
 * Of the template's labels those that pods of slots keep: what the workload allows (`keepLabels`). Where it says nothing, the
 * team's own but for those by which the Deployment selects its pods, since by them Services find pods too, and a pod of a slot
 * gets its requests from the load balancer alone.
 * @param selector of the team's Deployment; absent: not known, and none of its labels is kept out
 */
export function keptLabels(
  { keepLabels }: Pick<Workload, 'keepLabels'>,
  { metadata }: PodTemplate,
  selector: LabelSelector = {},
): Labels {
  const selecting = requirementsOf(selector).map(({ key }) => key);
  const isKept = (key: string) => keepLabels?.includes(key) ?? (isTeamKey(key) && !selecting.includes(key));
  return Object.fromEntries(Object.entries(metadata?.labels ?? {}).filter(([key]) => isKept(key)));
}

/** Labels of a slot's pods. */
export const podLabels = (
  workload: Pick<Workload, 'name' | 'labels' | 'keepLabels'>,
  slot: Slot,
  template: { pods: PodTemplate; selector?: LabelSelector | undefined },
): Labels => ({ ...keptLabels(workload, template.pods, template.selector), ...objectLabels(workload, slot) });

/** Prefixes of labels by which a person may want slots' pods to be known, though other tools use them. */
const KEEPABLE = ['app.kubernetes.io/', 'helm.sh/'];

/** A label that pods of slots may keep: not one by which other tools or controllers find what is theirs. */
export const mayKeep = (key: string): boolean => isTeamKey(key) || KEEPABLE.some(prefix => key.startsWith(prefix));

/** A label that slots' objects may have: likewise; by `app.kubernetes.io/instance` Argo CD finds what it may remove. */
export const mayDeclare = (key: string): boolean => isTeamKey(key) || key === 'app.kubernetes.io/managed-by';
