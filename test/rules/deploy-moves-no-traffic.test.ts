import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { overriding } from '../../adapters/overriding.ts';
import { makeHandler } from '../../functions/custom-resources/listener-rule.ts';
import { openCloudFormationLab } from '../custom-resources/cloud-formation-lab.ts';
import { blueArn, forward, greenArn, sticky } from '../lab/aws/memory-load-balancer.ts';

/** Rule 9 of docs/design.md: a `cdk deploy` never moves traffic. */

let lab: Awaited<ReturnType<typeof openCloudFormationLab>>;
beforeEach(async () => {
  lab = await openCloudFormationLab();
});
afterEach(() => lab.close());

const properties = (host: string) => ({
  Workload: 'checkout',
  ListenerArn: lab.loadBalancer.listenerArn,
  Priority: '20',
  Conditions: JSON.stringify([{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }]),
  Blue: blueArn,
  Green: greenArn,
  Carries: 'dial',
  StickinessSeconds: '0',
});
const ruleOf = (arn: string) => {
  const rule = lab.loadBalancer.rules().find(candidate => candidate.arn === arn);
  if (rule === undefined) throw new Error(`no rule ${arn}`);
  return rule;
};
/** A release has turned the rule to a quarter; then the stack is deployed with other conditions. */
async function deployInTheMiddle(rules = lab.deps.rules): Promise<string> {
  const handler = makeHandler({ ...lab.deps, rules });
  const { PhysicalResourceId: arn } = await handler(lab.request('Create', properties('shop.example.com')));
  const action = sticky(forward([blueArn, 75], [greenArn, 25]), 300);
  lab.loadBalancer.putRule({ ...ruleOf(arn), action });
  await handler(lab.request('Update', properties('www.example.com'), arn));
  return arn;
}

describe('9. a cdk deploy never moves traffic', () => {
  it('holds: in the middle of a release it changes the conditions, and no weight', async () => {
    const arn = await deployInTheMiddle();
    expect(ruleOf(arn)).toMatchObject({
      conditions: [{ values: ['www.example.com'] }],
      action: sticky(forward([blueArn, 75], [greenArn, 25]), 300),
    });
  });

  it('without it, where an update sends the actions of the first deployment, the release loses its weight', async () => {
    const asTemplatesDo = overriding(lab.deps.rules, {
      setConditions: async (arn, conditions) => {
        await lab.deps.rules.setConditions(arn, conditions);
        lab.loadBalancer.putRule({ ...ruleOf(arn), action: forward([blueArn, 100], [greenArn, 0]) });
      },
    });
    const arn = await deployInTheMiddle(asTemplatesDo);
    expect(ruleOf(arn).action).toMatchObject(forward([blueArn, 100], [greenArn, 0]));
  });
});
