import { App, Stack } from 'aws-cdk-lib';
import { ProgressiveWorkload } from '../../infra/progressive-workload/progressive-workload.ts';
import type { ProgressiveWorkloadProps } from '../../infra/progressive-workload/props.ts';
import { type Synthesised, synthesised } from './synthesised.ts';

export const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2';

/** A workload with everything that once asked for a right of its own: a preview, two repositories, a workspace, an alarm, a topic. */
export const fullWorkload = (name: string, priority: number): ProgressiveWorkloadProps => ({
  workload: {
    name,
    cluster: { name: 'prod', namespace: 'shop' },
    deployment: name,
    container: 'app',
    repositories: [
      { name, tags: 'v*' },
      { name: `${name}/sidecar`, tags: 'v*' },
    ],
    sources: { prometheus: { url: 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1', sigv4: true } },
  },
  plan: {
    strategy: 'canary',
    preview: { header: { name: 'x-preview', value: '1' } },
    metrics: [
      {
        name: 'errors',
        source: { kind: 'cloudwatch', bad: 'failedRequests' },
        judge: { kind: 'sequential', ceiling: 'auto' },
      },
      { name: 'late', source: { kind: 'cloudwatch', alarm: `${name}-late` }, judge: { kind: 'alarm' } },
    ],
    steps: [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }],
    soak: '15m',
    notify: [{ kind: 'sns', on: ['promoted'], topicArn: `arn:aws:sns:eu-west-1:123456789012:${name}` }],
  },
  router: {
    kind: 'alb',
    listenerArn,
    vpcId: 'vpc-0123456789abcdef0',
    priority,
    previewPriority: priority - 1,
    conditions: { hostHeaders: [`${name}.example.com`] },
    port: 8080,
    healthCheck: { path: '/healthz' },
  },
});

/** As teams deploy them: each from an app of its own, in which stack and construct have the same ids. */
export const synthWorkloads = (count: number): Synthesised[] =>
  Array.from({ length: count }, (_, index) => {
    const stack = new Stack(new App(), 'Shop', { stackName: `shop-${index}` });
    new ProgressiveWorkload(stack, 'Workload', fullWorkload(`workload-${index}`, 2 * index + 2));
    return synthesised(stack);
  });
