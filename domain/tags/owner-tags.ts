import { CARRIES_TAG, OWNER_TAG, ownerText } from '../routers/alb/ownership.ts';
import { SHARED_TAG } from './shared-tag.ts';

/*
 * What stands on a resource that functions of a control plane may use. A stack writes it on what it makes; on what was there
 * before, whoever owns it does, by hand or with `npx sluice tag`: the functions have no right to tag what they did not make.
 */

/** What somebody wants to give to a control plane. */
export interface Given {
  arn: string;
  controlPlane: string;
  /** Whose a rule or a target group is to be. */
  workload?: string | undefined;
  /** What a rule is for; absent: its conditions say so when its stack is deployed. */
  carries?: 'dial' | 'preview' | undefined;
}

export type Service = 'elasticloadbalancing' | 'ecr' | 'sns';

export type Tagging =
  | { kind: 'tags'; service: Service; what: string; tags: Record<string, string>; allows: string }
  | { kind: 'mistake'; found: string; expected: string };

interface Taggable {
  service: Service;
  what: string;
  arn: RegExp;
  allows: string;
  /** One workload's alone; else all of a control plane's workloads use it. */
  isOwned: boolean;
}

const TAGGABLE: readonly Taggable[] = [
  {
    service: 'elasticloadbalancing',
    what: 'rule',
    arn: /^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener-rule\/app\/(?:[\w-]+\/){3}\w+$/,
    allows: 'change its weights, conditions and priority, and remove it where it serves nobody',
    isOwned: true,
  },
  {
    service: 'elasticloadbalancing',
    what: 'target group',
    arn: /^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[\w-]+\/\w+$/,
    allows: 'deregister its targets when a release goes back',
    isOwned: true,
  },
  {
    service: 'ecr',
    what: 'repository',
    arn: /^arn:[a-z-]+:ecr:[a-z0-9-]+:\d{12}:repository\/[\w./-]+$/,
    allows: 'read the manifests of its images',
    isOwned: false,
  },
  {
    service: 'sns',
    what: 'topic',
    arn: /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/,
    allows: 'publish notices of releases there',
    isOwned: false,
  },
];

const EXPECTED = `the ARN of a ${TAGGABLE.map(({ what }) => what).join(', a ')}`;

/** What a control plane may be called. Leaves 64 characters for the longest role: `<name>-start-roll-back-ap-southeast-2`. */
export const CONTROL_PLANE_NAME = /^[a-z][a-z0-9-]{0,23}$/;

/** The tags that a resource needs, by what its ARN says it is. */
export function taggingOf({ arn, controlPlane, workload, carries }: Given): Tagging {
  if (!CONTROL_PLANE_NAME.test(controlPlane)) {
    return {
      kind: 'mistake',
      found: `control plane ${controlPlane}`,
      expected: `a name that matches ${CONTROL_PLANE_NAME}`,
    };
  }
  const found = TAGGABLE.find(one => one.arn.test(arn));
  if (found === undefined) return { kind: 'mistake', found: arn, expected: EXPECTED };
  const { service, what, allows, isOwned } = found;
  if (!isOwned) return { kind: 'tags', service, what, tags: { [SHARED_TAG]: controlPlane }, allows };
  if (workload === undefined) {
    return {
      kind: 'mistake',
      found: `${what} ${arn} without --workload`,
      expected: `the workload whose ${what} it is`,
    };
  }
  const carried = what === 'rule' && carries !== undefined ? { [CARRIES_TAG]: carries } : {};
  return {
    kind: 'tags',
    service,
    what,
    tags: { [OWNER_TAG]: ownerText({ controlPlane, workload }), ...carried },
    allows,
  };
}

/** The tag that is there already and says something else: it is somebody else's, and stays so. */
export function otherOwner(
  wanted: Readonly<Record<string, string>>,
  there: Readonly<Record<string, string>>,
): { key: string; value: string } | undefined {
  for (const [key, value] of Object.entries(wanted)) {
    const found = there[key];
    if (found !== undefined && found !== value) return { key, value: found };
  }
  return undefined;
}
