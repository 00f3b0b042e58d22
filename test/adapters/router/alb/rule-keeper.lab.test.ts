import { afterEach, describe } from 'vitest';
import { openAlbRuleKeeper } from '../../../../adapters/router/alb/rule-keeper.ts';
import { openElbv2Endpoint } from '../../../../lab/aws/elbv2-endpoint.ts';
import { openWireServer } from '../../../../lab/aws/wire-server.ts';
import { blueArn, forward, greenArn, openMemoryLoadBalancer } from '../../../lab/aws/memory-load-balancer.ts';
import { keepsRuleKeeperContract } from './rule-keeper.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe("ELB's keeper of listener rules, against the lab's load balancer", () => {
  keepsRuleKeeperContract(async () => {
    const loadBalancer = openMemoryLoadBalancer();
    const wire = await openWireServer({ endpoints: [openElbv2Endpoint({ loadBalancer, tags: {} })] });
    closers.push(wire.close);
    const rules = openAlbRuleKeeper({
      ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' },
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: wire.url,
    });
    return {
      ...{ rules, listenerArn: loadBalancer.listenerArn, groups: { blue: blueArn, green: greenArn } },
      register: group => loadBalancer.setHealth(group, [{ host: '10.0.0.1', port: 8080, state: 'healthy' }]),
      turn(arn, { blue, green }) {
        const rule = loadBalancer.rules().find(one => one.arn === arn);
        if (rule !== undefined) loadBalancer.putRule({ ...rule, action: forward([blueArn, blue], [greenArn, green]) });
      },
    };
  });
});
