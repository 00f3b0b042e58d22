import { CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ProgressiveWorkload } from './progressive-workload/progressive-workload.ts';

/** A stack to copy: the workload of examples/canary.yaml, on a listener that is there already. */
export class ExampleWorkloadStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const parameter = (name: string, description: string, allowedPattern: string) =>
      new CfnParameter(this, name, { type: 'String', description, allowedPattern }).valueAsString;
    new ProgressiveWorkload(this, 'Checkout', {
      workload: {
        name: 'checkout',
        cluster: {
          name: parameter('ClusterName', "The EKS cluster's name", '[A-Za-z0-9][A-Za-z0-9_-]*'),
          namespace: 'shop',
        },
        deployment: 'checkout',
        container: 'app',
        repositories: [{ name: 'checkout', tags: 'v*' }],
      },
      plan: {
        strategy: 'canary',
        deadline: '2h',
        preview: { header: { name: 'x-sluice-preview', value: 'canary' } },
        metrics: [
          {
            name: 'errors',
            source: { kind: 'cloudwatch', bad: 'failedRequests' },
            judge: { kind: 'sequential', ceiling: 'auto' },
          },
          {
            name: 'client-errors',
            source: { kind: 'cloudwatch', bad: 'target4xx' },
            judge: { kind: 'sequential', ceiling: 'auto' },
          },
        ],
        steps: [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 50 }, { bake: '10m' }, { setWeight: 100 }],
        soak: '15m',
        notify: [{ kind: 'sns', on: ['started', 'held', 'promoted', 'rolledBack'] }],
      },
      router: {
        kind: 'alb',
        listenerArn: parameter(
          'ListenerArn',
          'Of the Application Load Balancer',
          'arn:[a-z-]+:elasticloadbalancing:.+:listener/app/.+',
        ),
        vpcId: parameter('VpcId', "The load balancer's VPC", 'vpc-[0-9a-f]+'),
        priority: 100,
        previewPriority: 99,
        conditions: { hostHeaders: ['shop.example.com'], pathPatterns: ['/checkout', '/checkout/*'] },
        port: 8080,
        healthCheck: { path: '/healthz' },
        deregistrationDelay: Duration.seconds(30),
      },
    });
  }
}
