import { expect, it } from 'vitest';
import { charactersOf, rolesOf } from '../../lab/iam/resolve.ts';
import { synthWorkloads } from './many-workloads.ts';
import { type Resource, SYNTH_TIMEOUT_MS, type Synthesised, synthControlPlane } from './synthesised.ts';

/*
 * Teams deploy their workloads beside each other, with constructs of equal ids. A policy that a stack puts on a role of the
 * control plane has the id's name, so that the second one would replace the first one's, and a role has room for 10,240
 * characters: so a workload's stack puts nothing there, and whatever number of them there is, no role changes.
 */

/** 200 in `.ci/run`. */
const COUNT = Number(process.env.SLUICE_MANY_WORKLOADS ?? 3);
/** IAM's limit for all inline policies of a role together. */
const MOST_CHARACTERS = 10_240;

/** The roles as they are when CloudFormation has deployed these stacks one after the other: a policy of a name replaces its like. */
function rolesAfter(controlPlane: Synthesised, workloads: readonly Synthesised[]): Record<string, number> {
  const policies = new Map<string, Map<string, number>>();
  const put = (role: string, policy: string, characters: number) =>
    policies.set(role, new Map(policies.get(role)).set(policy, characters));
  for (const [role, statements] of rolesOf(controlPlane)) put(role, 'own', charactersOf(statements));
  for (const workload of workloads) {
    for (const [id, { Type, Properties }] of Object.entries(
      workload.template.toJSON().Resources as Record<string, Resource>,
    )) {
      if (!Type.startsWith('AWS::IAM::')) continue;
      for (const role of (Properties.Roles ?? [Properties.RoleName ?? id]) as unknown[]) {
        put(JSON.stringify(role), String(Properties.PolicyName ?? id), JSON.stringify(Properties).length);
      }
    }
  }
  return Object.fromEntries(
    [...policies].map(([role, all]) => [role, [...all.values()].reduce((sum, characters) => sum + characters, 0)]),
  );
}

it(
  `no role changes, whether there is no workload or ${COUNT} of equal construct ids`,
  () => {
    const controlPlane = synthControlPlane({ inVpc: true });
    const workloads = synthWorkloads(COUNT);
    expect(workloads).toHaveLength(COUNT);
    const alone = rolesAfter(controlPlane, []);
    expect(Object.keys(alone).length).toBeGreaterThan(30);
    expect(rolesAfter(controlPlane, workloads)).toEqual(alone);
    for (const [role, characters] of Object.entries(alone)) expect(characters, role).toBeLessThan(MOST_CHARACTERS);
    // nor does anything else that all of them share: a function's own policy has room for 20 kB, a topic's for 30
    for (const { template } of workloads) {
      const types = Object.values(template.toJSON().Resources as Record<string, Resource>).map(({ Type }) => Type);
      expect(types.sort()).toEqual([
        'AWS::ElasticLoadBalancingV2::TargetGroup',
        'AWS::ElasticLoadBalancingV2::TargetGroup',
        'Custom::SluiceListenerRule',
        'Custom::SluiceListenerRule',
        'Custom::SluiceWorkload',
      ]);
    }
  },
  SYNTH_TIMEOUT_MS * 3,
);
