import { SLOTS } from '../../dial.ts';
import { unguardedProblem } from './overlap.ts';
import { OWNER_TAG, type Owner, othersProblem, ownerText, type Tags, untaggedProblem } from './ownership.ts';
import type { AlbRouting } from './plan.ts';
import type { RoutingFacts } from './routing-facts.ts';

/**
 * Tags by which controllers in a cluster know what is theirs, with their owner in the value: those of the AWS Load Balancer
 * Controller for Ingress, Service and Gateway (`gateway.k8s.aws.alb/stack`), and EKS Auto Mode's own.
 */
const CONTROLLER_TAG =
  /^(?:(?:elbv2|ingress|service|gateway)\.k8s\.aws(?:\.[a-z]+)?\/|(?:ingress|service)\.eks\.amazonaws\.com\/|eks:eks-cluster-name$)/;

/** On a target group: the cluster of EKS Auto Mode that may register its pods there. */
export const AUTO_MODE_TAG = 'eks:eks-cluster-name';

/** The road that is open to whoever has an Ingress. */
const OPEN_ROAD =
  'Use a listener, rules and target groups that CDK, CloudFormation or Terraform owns (docs/deploy.md); a router for Ingress is not available yet';

/** Why no rule of ours can stay here. @param what for the sentence: `listener arn:…` */
export function controllerProblem(what: string, tags: Tags): string | undefined {
  const found = Object.entries(tags).find(([key]) => CONTROLLER_TAG.test(key));
  if (found === undefined) return undefined;
  const [key, value] = found;
  return `${what} belongs to a load balancer controller in a cluster (tag ${key}: ${value}), which puts back weights that it did not set and deletes rules that it does not know. ${OPEN_ROAD}`;
}

/**
 * Why a dial on these rules and groups cannot work, although each of them is there; the first reason that there is.
 * Undefined: nothing speaks against it.
 * @param owner whose workload it is
 */
export function routingProblem(
  routing: Pick<AlbRouting, 'targetGroups' | 'protocolVersion'>,
  facts: RoutingFacts,
  owner: { controlPlane: string; workload: string; stack?: string | undefined; cluster?: string },
): string | undefined {
  const { stack, cluster } = owner;
  return (
    controllersProblem(routing, facts) ??
    (cluster === undefined ? undefined : clusterProblem(routing, facts, cluster)) ??
    ownersProblem(routing, facts, owner) ??
    groupProblem(routing, facts) ??
    loadBalancerProblem(routing, facts) ??
    (stack === undefined ? undefined : stacksProblem(routing, facts, { ...owner, stack })) ??
    guardProblem(facts)
  );
}

/** Who has a log-in in front of the same requests has to find one in front of ours. */
function guardProblem({ rules, standing = [] }: RoutingFacts): string | undefined {
  const isOwn = (arn: string) => rules.some(rule => rule.arn === arn);
  const others = standing.filter(({ arn }) => !isOwn(arn));
  const listenerOf = (arn: string) => arn.replace(/\/[^/]+$/, '');
  return firstOf(
    standing.filter(({ arn }) => isOwn(arn)),
    own =>
      unguardedProblem(
        own,
        others.filter(({ arn }) => listenerOf(arn) === listenerOf(own.arn)),
      ),
  );
}

function stacksProblem({ targetGroups }: Pick<AlbRouting, 'targetGroups'>, facts: RoutingFacts, owner: Owner) {
  const arns = [...facts.rules.map(rule => rule.arn), ...SLOTS.map(slot => targetGroups[slot])];
  return firstOf(arns, arn => othersProblem(arn, tagsOf(facts, arn), owner));
}

/** Why its target groups, which nobody can replace, were made by somebody else; undefined: they do not say so. */
export const groupsOwnerProblem = (
  { targetGroups }: Pick<AlbRouting, 'targetGroups'>,
  facts: RoutingFacts,
  owner: Owner,
): string | undefined =>
  firstOf(SLOTS, slot => {
    const arn = targetGroups[slot];
    return othersProblem(`target group ${arn}`, tagsOf(facts, arn), owner);
  });

function controllersProblem({ targetGroups }: Pick<AlbRouting, 'targetGroups'>, facts: RoutingFacts) {
  const named: [what: string, arn: string][] = [
    ...facts.rules.map(({ arn }): [string, string] => ['rule', arn]),
    ...facts.rules.map(({ listener }): [string, string] => ['listener', listener]),
    ...facts.rules.map(({ loadBalancer }): [string, string] => ['load balancer', loadBalancer]),
    ...SLOTS.map((slot): [string, string] => ['target group', targetGroups[slot]]),
  ];
  return firstOf(named, ([what, arn]) => {
    const { [AUTO_MODE_TAG]: cluster, ...tags } = tagsOf(facts, arn);
    // a workload's own group says in which cluster its pods are: EKS Auto Mode registers them in no other
    const isBound = what === 'target group' && tags[OWNER_TAG] !== undefined;
    return controllerProblem(
      `${what} ${arn}`,
      cluster === undefined || isBound ? tags : { ...tags, [AUTO_MODE_TAG]: cluster },
    );
  });
}

function clusterProblem({ targetGroups }: Pick<AlbRouting, 'targetGroups'>, facts: RoutingFacts, cluster: string) {
  return firstOf(SLOTS, slot => {
    const found = tagsOf(facts, targetGroups[slot])[AUTO_MODE_TAG];
    return found === undefined || found === cluster
      ? undefined
      : `target group ${targetGroups[slot]} is for pods of cluster ${found} (tag ${AUTO_MODE_TAG}), and the workload is in ${cluster}`;
  });
}

function ownersProblem(
  { targetGroups }: Pick<AlbRouting, 'targetGroups'>,
  facts: RoutingFacts,
  own: Pick<Owner, 'controlPlane' | 'workload'>,
) {
  const named: [what: string, arn: string][] = [
    ...facts.rules.map(({ arn }): [string, string] => ['rule', arn]),
    ...SLOTS.map((slot): [string, string] => ['target group', targetGroups[slot]]),
  ];
  return firstOf(named, ([what, arn]) => {
    const tags = tagsOf(facts, arn);
    const owner = tags[OWNER_TAG];
    if (owner === undefined) return untaggedProblem(`${what} ${arn}`, tags, own);
    if (owner === ownerText(own)) return undefined;
    return `${what} ${arn} belongs to ${owner} (tag ${OWNER_TAG}), and this is ${ownerText(own)}`;
  });
}

function groupProblem(
  { targetGroups, protocolVersion: wanted }: Pick<AlbRouting, 'targetGroups' | 'protocolVersion'>,
  { groups }: RoutingFacts,
) {
  const single = firstOf(SLOTS, slot => {
    const { targetType, protocol = 'none', protocolVersion } = groups[slot];
    const what = `target group ${targetGroups[slot]}`;
    if (targetType !== 'ip') {
      return `${what} has targets of type ${targetType}, and slots register the addresses of their pods: it must be of type ip, which is chosen when a target group is made`;
    }
    if (wanted !== undefined && protocolVersion !== undefined && protocolVersion !== wanted) {
      return `${what} speaks ${protocolVersion} to its pods, and the workload says ${wanted} (router.protocolVersion)`;
    }
    return protocol === 'HTTP' || protocol === 'HTTPS'
      ? undefined
      : `${what} has the protocol ${protocol}; an Application Load Balancer forwards to HTTP or HTTPS`;
  });
  if (single !== undefined) return single;
  const differing = (['protocol', 'protocolVersion', 'vpcId'] as const).find(
    key => groups.blue[key] !== groups.green[key],
  );
  if (differing === undefined) return undefined;
  const [blue, green] = [groups.blue[differing], groups.green[differing]];
  return `the target groups of blue and green differ in ${differing} (${blue} and ${green}): the same pods could not serve in both`;
}

function loadBalancerProblem({ targetGroups }: Pick<AlbRouting, 'targetGroups'>, { groups, rules }: RoutingFacts) {
  const own = [...new Set(rules.map(({ loadBalancer }) => loadBalancer))];
  if (own.length > 1) {
    return `its rules are on ${own.length} load balancers (${own.join(', ')}), and a target group can be on one alone`;
  }
  return firstOf(SLOTS, slot => {
    const other = groups[slot].loadBalancers.find(arn => !own.includes(arn));
    return other === undefined
      ? undefined
      : `target group ${targetGroups[slot]} is on load balancer ${other}, and the rules are on ${own.join(', ')}`;
  });
}

const tagsOf = ({ tags }: RoutingFacts, arn: string): Tags => tags[arn] ?? {};

/** The first answer that there is. */
function firstOf<T>(items: readonly T[], ask: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
