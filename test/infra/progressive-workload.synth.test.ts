import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { SluiceControlPlane } from '../../infra/control-plane.ts';
import { ControlPlaneStack } from '../../infra/control-plane-stack.ts';
import { builtCode } from '../../infra/functions/code.ts';
import { ProgressiveWorkload } from '../../infra/progressive-workload/progressive-workload.ts';
import type { ProgressiveWorkloadProps } from '../../infra/progressive-workload/props.ts';
import { type Resource, SYNTH_TIMEOUT_MS, type Synthesised, synthExample, synthesised } from './synthesised.ts';

let example: Synthesised;
beforeAll(() => {
  example = synthExample();
}, SYNTH_TIMEOUT_MS);

const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2';
const right: ProgressiveWorkloadProps = {
  workload: {
    name: 'checkout',
    cluster: { name: 'prod', namespace: 'shop' },
    deployment: 'checkout',
    container: 'app',
    repositories: [{ name: 'checkout', tags: 'v*' }],
  },
  plan: {
    strategy: 'canary',
    deadline: '2h',
    hold: { atMost: '30m', then: 'rollBack' },
    metrics: [
      {
        name: 'errors',
        source: { kind: 'cloudwatch', bad: 'failedRequests' },
        judge: { kind: 'threshold', successCondition: 'result[0] < 0.05', failureLimit: 0, inconclusiveLimit: 2 },
      },
    ],
    steps: [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }],
    soak: '15m',
  },
  listenerArn,
  vpcId: 'vpc-0123456789abcdef0',
  priority: 10,
  conditions: { hostHeaders: ['shop.example.com'] },
  port: 8080,
  healthCheck: { path: '/healthz' },
};
const clusters = [{ name: 'prod' }];
const network = { kind: 'public' } as const;
const noCode = () => lambda.Code.fromInline('// not under test');
const synth = (more: Partial<ProgressiveWorkloadProps> = {}) => {
  const stack = new Stack(new App(), 'Shop');
  new ProgressiveWorkload(stack, 'Checkout', { ...right, ...more });
  return synthesised(stack);
};

describe('the target groups', () => {
  const groups = (): Resource[] => Object.values(example.ofType('AWS::ElasticLoadBalancingV2::TargetGroup'));

  it('are two, of addresses, with a health check', () => {
    expect(groups()).toHaveLength(2);
    for (const { Properties } of groups()) {
      expect(Properties).toMatchObject({ TargetType: 'ip', HealthCheckPath: '/healthz', Port: 8080 });
    }
  });

  it('say in their tags whose they are: control plane, workload and stack', () => {
    for (const { Properties } of groups()) {
      expect(Properties.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'sluice:owner', Value: 'sluice/checkout' },
          { Key: 'sluice:stack', Value: { Ref: 'AWS::StackId' } },
        ]),
      );
    }
  });

  it('outlive the stack as the rule does, but not a first deployment that failed', () => {
    for (const { DeletionPolicy } of groups()) expect(DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

describe('the rules', () => {
  it('are the custom resource, never a listener rule of CloudFormation, which would put weights back', () => {
    expect(example.ofType('AWS::ElasticLoadBalancingV2::ListenerRule')).toEqual({});
    const rules = Object.values(example.ofType('Custom::SluiceListenerRule')).map(({ Properties }) => Properties);
    expect(rules.map(({ Carries, Priority }) => [Carries, Priority])).toEqual([
      ['dial', 100],
      ['preview', 99],
    ]);
    expect(JSON.stringify(rules[1]?.Conditions)).toContain('x-sluice-preview');
  });

  it('say nothing of weights', () => {
    for (const { Properties } of Object.values(example.ofType('Custom::SluiceListenerRule'))) {
      expect(Object.keys(Properties).join()).not.toMatch(/weight|action/i);
    }
  });
});

describe('a mistake is found at synthesis', () => {
  it.each<[string, Partial<ProgressiveWorkloadProps>, RegExp]>([
    ['a weight that falls', { plan: { ...right.plan, steps: [{ setWeight: 50 }, { setWeight: 10 }] } }, /^plan\.steps/],
    ['a plan that asks for an unknown key', { plan: { ...right.plan, soaks: '5m' } as never }, /soaks/],
    [
      'a namespace that is none',
      { workload: { ...right.workload, cluster: { name: 'prod', namespace: 'Shop!' } } },
      /namespace/,
    ],
    [
      'a preview without a priority for its rule',
      { plan: { ...right.plan, preview: { header: { name: 'x-preview', value: '1' } } } },
      /plan\.preview/,
    ],
    [
      'a preview behind the rule that takes its requests',
      { previewPriority: 11, plan: { ...right.plan, preview: { header: { name: 'x-preview', value: '1' } } } },
      /previewPriority 11 must be smaller/,
    ],
    ['a priority of 0', { priority: 0 }, /from 1 to 50000, not 0/],
    ['no condition', { conditions: {} }, /at least one of/],
  ])('%s', (_, more, message) => {
    expect(() => synth(more)).toThrow(message);
  });

  it('and nothing is found in what is right', () => {
    expect(() => synth()).not.toThrow();
  });
});

describe('with the control plane in the same app', () => {
  const inOneStack = () => {
    const stack = new Stack(new App(), 'Shop');
    const controlPlane = new SluiceControlPlane(stack, 'Sluice', { name: 'shop', clusters, network, code: noCode });
    new ProgressiveWorkload(stack, 'Checkout', { ...right, controlPlane });
    return synthesised(stack);
  };

  it(
    'is one of that control plane, and what CloudFormation calls is there before',
    () => {
      const shop = inOneStack();
      const [item] = Object.values(shop.ofType('Custom::SluiceWorkload'));
      const [rule] = Object.values(shop.ofType('Custom::SluiceListenerRule'));
      expect(JSON.stringify(item?.Properties.ServiceToken)).toContain('function:shop-registered-workload');
      const handlers = Object.entries(shop.ofType('AWS::Lambda::Function')).flatMap(([id, { Properties }]) =>
        /-(registered-workload|listener-rule)$/.test(String(Properties.FunctionName)) ? [id] : [],
      );
      expect(handlers).toHaveLength(2);
      for (const resource of [item, rule]) expect(resource?.DependsOn).toEqual(expect.arrayContaining(handlers));
    },
    SYNTH_TIMEOUT_MS,
  );

  it('is deployed after it, where that is another stack', () => {
    const app = new App();
    const { controlPlane } = new ControlPlaneStack(app, 'Sluice', {
      reaches: () => ({ clusters, network }),
      code: noCode,
    });
    const stack = new Stack(app, 'Shop');
    new ProgressiveWorkload(stack, 'Checkout', { ...right, controlPlane });
    // and by name alone: nothing that one stack exports keeps the other from being changed
    expect(JSON.stringify(synthesised(stack).template.toJSON())).not.toContain('Fn::ImportValue');
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Sluice']);
  });

  it('is refused without the code of its functions', () => {
    const nowhere = () => builtCode('no-such-function');
    expect(nowhere).toThrow(/`npm run build` makes it/);
  });
});
