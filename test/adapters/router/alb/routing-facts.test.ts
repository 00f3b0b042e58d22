import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CALL_DEADLINE_MS } from '../../../../adapters/aws-client-config.ts';
import { describeRouting, placeOf } from '../../../../adapters/router/alb/routing-facts.ts';
import { RouterRuleError, RouterUnreachableError } from '../../../../adapters/router/errors.ts';
import type { WorkloadOf } from '../../../../domain/workload.ts';
import { openElbv2Endpoint } from '../../../../lab/aws/elbv2-endpoint.ts';
import type { ResourceTags } from '../../../../lab/aws/elbv2-tags.ts';
import { labClientConfig, openWireServer, type WireServer } from '../../../../lab/aws/wire-server.ts';
import {
  apiRuleArn,
  blueArn,
  greenArn,
  mainRuleArn,
  openMemoryLoadBalancer,
  previewRuleArn,
} from '../../../lab/aws/memory-load-balancer.ts';
import { checkout } from './rules.contract.ts';

const loadBalancer = openMemoryLoadBalancer();
const tags: ResourceTags = {};
let server: WireServer;
const groups = {};
beforeEach(async () => {
  server = await openWireServer({ endpoints: [openElbv2Endpoint({ loadBalancer, tags, groups })] });
});
afterEach(() => server.close());

const read = ({ router }: WorkloadOf<'alb'> = checkout) =>
  describeRouting(new ElasticLoadBalancingV2Client(labClientConfig(server.url)), router, {
    abortSignal: AbortSignal.timeout(CALL_DEADLINE_MS),
  });
const withRouter = (more: object): WorkloadOf<'alb'> => ({ ...checkout, router: { ...checkout.router, ...more } });

describe('what a dial stands on', () => {
  it('are its rules, their listener and load balancer, and both groups, each with its tags', async () => {
    for (const arn of [mainRuleArn, loadBalancer.listenerArn, loadBalancer.arn, greenArn]) tags[arn] = { at: arn };
    const { listenerArn: listener, arn } = loadBalancer;
    const facts = await read();
    expect(facts.rules).toEqual(
      [apiRuleArn, mainRuleArn, previewRuleArn].map(rule => ({ arn: rule, listener, loadBalancer: arn })),
    );
    expect(facts.tags).toEqual({
      [apiRuleArn]: {},
      [mainRuleArn]: { at: mainRuleArn },
      [previewRuleArn]: {},
      [listener]: { at: listener },
      [arn]: { at: arn },
      [blueArn]: {},
      [greenArn]: { at: greenArn },
    });
    const group = { targetType: 'ip', protocol: 'HTTP', protocolVersion: 'HTTP1', vpcId: 'vpc-1ab' };
    expect(facts.groups.blue).toEqual({ ...group, loadBalancers: [arn] });
  });

  it('is asked in calls of at most 20 resources', async () => {
    // DescribeTags of ELB refuses more, and so does the lab's
    const [rule] = loadBalancer.rules().filter(({ arn }) => arn === mainRuleArn);
    if (rule === undefined) throw new Error('no rule');
    const rules = Array.from({ length: 19 }, (_, i) => `${mainRuleArn}${i}`);
    for (const [i, arn] of rules.entries()) loadBalancer.putRule({ ...rule, arn, priority: 500 + i });
    expect(Object.keys((await read(withRouter({ rules }))).tags)).toHaveLength(19 + 1 + 2 + 2);
    expect(server.calls('DescribeTags')).toBe(2);
  });

  it.each(['DescribeTags', 'DescribeTargetGroups'])(
    'is not known where %s does not answer: never "no tags"',
    async operation => {
      server.faults.throttle(operation, Number.POSITIVE_INFINITY);
      await expect(read()).rejects.toThrow(RouterUnreachableError);
      server.faults.clear();
      server.faults.fail(operation, Number.POSITIVE_INFINITY, 403);
      await expect(read()).rejects.toThrow(RouterUnreachableError);
    },
  );

  it('is not there where a rule or a group is not, and none of it for what is no rule of an ALB', async () => {
    await expect(read(withRouter({ rules: [`${mainRuleArn}f`] }))).rejects.toThrow(RouterRuleError);
    const targetGroups = { blue: blueArn, green: `${greenArn}f` };
    await expect(read(withRouter({ targetGroups }))).rejects.toThrow(RouterRuleError);
    expect(() => placeOf(mainRuleArn.replace('/app/', '/net/'))).toThrow(RouterRuleError);
  });
});
