import { canonicalJson } from '../canonical-json.ts';
import { SLOTS, type Slot } from '../dial.ts';
import type { Workload } from '../workload.ts';
import { type LabelSelector, type Labels, selectorText, selects } from './label-selector.ts';
import type { NamespaceSelectors, NetworkPolicy } from './namespace-selectors.ts';
import { slotLabels, WORKLOAD_LABEL } from './slot-labels.ts';
import { slotName } from './slot-objects.ts';

/** Whose pods a selector may select. */
export interface PodsOf {
  workload: Pick<Workload, 'name' | 'deployment' | 'service' | 'otherServices' | 'keepLabels'> & {
    /** Services that the router turns: they select the live slot, as the team's own does. */
    turned?: string[];
  };
  canary: Slot;
  /** Labels of the pods of each slot, as they are or will be written. */
  slots: Record<Slot, Labels>;
  /** The command that points the team's own Service at the live slot; absent: nothing was promoted, and it is the team's. */
  repair?: string;
  /** Labels of the template's own pods; absent where they do not matter: an undo restores what there was. */
  template?: Labels;
}

/**
 * What of the namespace selects pods of slots besides the slots' own Services and Deployments, and what is meant for the
 * workload's pods and would miss the canary's: each with its selector and a way out. Empty: nothing.
 */
export function selectionProblems(pods: PodsOf, found: NamespaceSelectors): string[] {
  const { workload, template } = pods;
  const isSlot = ({ name }: { name: string }) => SLOTS.some(slot => name === slotName(workload, slot));
  const services = found.services.filter(
    service => !isSlot(service) && !workload.otherServices?.includes(service.name),
  );
  const deployments = found.deployments.filter(deployment => !isSlot(deployment));
  return [
    ...services.flatMap(service => serviceProblem(pods, service) ?? []),
    ...deployments.flatMap(deployment => deploymentProblem(pods, deployment) ?? []),
    ...(template === undefined
      ? []
      : [
          ...found.networkPolicies.flatMap(
            policy => policyProblem(pods, template, policy, found.networkPolicies) ?? [],
          ),
          ...found.networkPolicies.flatMap(policy => peerProblem(pods, template, policy) ?? []),
          ...found.disruptionBudgets.flatMap(budget => budgetProblem(pods, template, budget, found) ?? []),
        ]),
  ];
}

type Named<T> = { name: string; selector: T };

function serviceProblem(pods: PodsOf, { name, selector }: Named<Labels>): string | undefined {
  const { workload, canary, slots, template, repair } = pods;
  const what = `Service ${name} (${selectorText({ matchLabels: selector })})`;
  const isOwn = name === workload.service || workload.turned?.includes(name) === true;
  const slot = SLOTS.find(of => selects({ matchLabels: selector }, slots[of]) && !(isOwn && of !== canary));
  if (slot !== undefined) {
    const kept = Object.keys(selector).filter(key => workload.keepLabels?.includes(key));
    const ways = [
      ...(kept.length > 0 ? [`take ${kept.join(' or ')} out of keepLabels`] : []),
      isOwn
        ? `let it select the live slot alone${repair === undefined ? '' : ` (${repair})`}`
        : 'where it brings no requests of users name it in otherServices',
    ];
    return `${what} selects pods of ${slot}, and what comes by it is no part of the traffic weights: ${ways.join(', or ')}`;
  }
  if (isOwn || template === undefined || !selects({ matchLabels: selector }, template)) return undefined;
  const { [WORKLOAD_LABEL]: value } = slotLabels(workload, canary);
  return `${what} selects pods of the Deployment ${workload.deployment} and of no slot, so its callers would find none: name it in the workload as service, and it follows the live slot; where it may reach both, let it select ${WORKLOAD_LABEL}=${value} and name it in otherServices`;
}

function deploymentProblem({ slots }: PodsOf, { name, selector }: Named<LabelSelector>): string | undefined {
  const slot = SLOTS.find(of => selects(selector, slots[of]));
  if (slot === undefined) return undefined;
  return `Deployment ${name} (${selectorText(selector)}) selects pods of ${slot}, and its autoscaler would count them: leave one of these labels out of keepLabels and labels`;
}

const keepOr = (workload: PodsOf['workload'], other: string) =>
  `keep its label (keepLabels), or ${other} ${WORKLOAD_LABEL}=${workload.name}`;

function policyProblem(
  { workload, canary, slots }: PodsOf,
  template: Labels,
  { name, spec }: NetworkPolicy,
  all: NetworkPolicy[],
): string | undefined {
  if (!selects(spec.podSelector, template) || selects(spec.podSelector, slots[canary])) return undefined;
  const rules = rulesText(spec);
  if (all.some(other => selects(other.spec.podSelector, slots[canary]) && rulesText(other.spec) === rules))
    return undefined;
  const way = keepOr(workload, 'add a policy with the same rules for');
  return `NetworkPolicy ${name} (${selectorText(spec.podSelector)}) is for pods of ${workload.deployment} and misses those of ${canary}: ${way}`;
}

const rulesText = ({ podSelector: _, ...rules }: NetworkPolicy['spec']): string => canonicalJson(rules);

/** A rule that lets the template's own pods through as somebody's peers. Namespaces are not read: one with a selector of them may be another. */
function peerProblem(
  { workload, canary, slots }: PodsOf,
  template: Labels,
  { name, spec }: NetworkPolicy,
): string | undefined {
  const { ingress = [], egress = [] } = spec;
  for (const peers of [...ingress.map(({ from = [] }) => from), ...egress.map(({ to = [] }) => to)]) {
    const own = peers.filter(({ namespaceSelector }) => namespaceSelector === undefined);
    const lets = (labels: Labels) =>
      own.find(({ podSelector }) => podSelector !== undefined && selects(podSelector, labels))?.podSelector;
    const found = lets(template);
    const isEvery = peers.some(
      ({ podSelector, namespaceSelector }) => podSelector === undefined && namespaceSelector === undefined,
    );
    if (found === undefined || isEvery || lets(slots[canary]) !== undefined) continue;
    const way = keepOr(workload, 'add a peer');
    return `NetworkPolicy ${name} lets through pods of ${workload.deployment} (${selectorText(found)}) and not those of ${canary}: ${way}`;
  }
  return undefined;
}

function budgetProblem(
  { workload, canary, slots }: PodsOf,
  template: Labels,
  { name, selector }: Named<LabelSelector>,
  { disruptionBudgets }: NamespaceSelectors,
): string | undefined {
  if (!selects(selector, template)) return undefined;
  if (disruptionBudgets.some(other => selects(other.selector, slots[canary]))) return undefined;
  const way = keepOr(workload, 'add a budget for');
  return `PodDisruptionBudget ${name} (${selectorText(selector)}) is for pods of ${workload.deployment} and misses those of ${canary}: ${way}`;
}
