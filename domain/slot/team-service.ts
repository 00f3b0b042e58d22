import { otherSlot, type Slot } from '../dial.ts';
import type { Workload } from '../workload.ts';
import { type Labels, selectorText, selects } from './label-selector.ts';
import { podTemplateSchema } from './pod-template.ts';
import { recordLiveCommand } from './record-live-command.ts';

/** What is known of the team's own Service, and of the pods that it could select. */
export interface TeamServiceSeen {
  /** Undefined: the Service that the workload names is not there. */
  selector: Labels | undefined;
  /** Labels of the pods of each slot; absent where they are not known. */
  slots: Record<Slot, Labels | undefined>;
  /** The team's own Deployment; absent: it was not read. */
  template?: { labels: Labels; replicas: number } | undefined;
}

/** Of the team's own Deployment, as it was read. */
export const templatePods = (template: {
  podTemplate: Record<string, unknown>;
  replicas: number;
}): NonNullable<TeamServiceSeen['template']> => ({
  labels: podTemplateSchema.parse(template.podTemplate).metadata?.labels ?? {},
  replicas: template.replicas,
});

/** `app=shop`, or that it has none. */
export const serviceSelectorText = (selector: Labels): string =>
  Object.keys(selector).length === 0 ? 'without a selector' : selectorText({ matchLabels: selector });

/** As Kubernetes has it for Services: one without a selector selects no pod. */
const serviceSelects = (selector: Labels, labels: Labels): boolean =>
  Object.keys(selector).length > 0 && selects({ matchLabels: selector }, labels);

/**
 * Why callers inside the cluster do not reach the live slot by the team's own Service, with the command that points it there
 * again; undefined where they do, and where it is not known. Pods of the template that it still selects answer them, as during
 * an adoption. Only for what was promoted: until then the Service is the team's.
 */
export function teamServiceProblem(
  { name: workload, service }: Pick<Workload, 'name' | 'service'>,
  live: Slot,
  { selector, slots, template }: TeamServiceSeen,
): string | undefined {
  const labels = slots[live];
  if (service === undefined || labels === undefined) return undefined;
  const command = recordLiveCommand(workload, live);
  if (selector === undefined) {
    return `there is no Service ${service}: callers inside the cluster do not find ${live}, which is live. Make it without a selector, then: ${command}`;
  }
  if (serviceSelects(selector, labels)) return undefined;
  if (template !== undefined && template.replicas > 0 && serviceSelects(selector, template.labels)) return undefined;
  const other = slots[otherSlot(live)];
  const instead =
    other !== undefined && serviceSelects(selector, other) ? `go to ${otherSlot(live)}` : 'find none of its pods';
  return `Service ${service} (${serviceSelectorText(selector)}) selects no pod of ${live}, which is live: callers inside the cluster ${instead}. To point it at ${live} again: ${command}`;
}
