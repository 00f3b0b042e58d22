import { describe } from 'vitest';
import { fakeRuleKeeper } from '../../../../adapters/router/alb/fake-rule-keeper.ts';
import { keepsRuleKeeperContract } from './rule-keeper.contract.ts';

const elb = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';

describe('the fake keeper of listener rules', () => {
  keepsRuleKeeperContract(async () => {
    const rules = fakeRuleKeeper(`${elb}:listener/app/shop/1/2`);
    const groups = { blue: `${elb}:targetgroup/checkout-blue/1`, green: `${elb}:targetgroup/checkout-green/2` };
    return {
      ...{ rules, listenerArn: rules.listenerArn, groups },
      register: group => void rules.targets.set(group, 1),
      turn(arn, weights) {
        const rule = rules.rules.get(arn);
        if (rule !== undefined) {
          rule.weights = [
            { arn: groups.blue, weight: weights.blue },
            { arn: groups.green, weight: weights.green },
          ];
        }
      },
    };
  });
});
