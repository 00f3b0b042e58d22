import { App, Duration, Stack } from 'aws-cdk-lib';
import { type PlanProps, ProgressiveWorkload, SluiceControlPlane, type WorkloadProps } from 'sluice/cdk';

const app = new App();

const delivery = new Stack(app, 'Delivery');
const controlPlane = new SluiceControlPlane(delivery, 'Sluice', {
  clusters: [{ name: 'prod' }],
  network: { kind: 'public' },
  privateNetworks: ['10.20.0.0/16'],
});

const workload: WorkloadProps = {
  name: 'checkout',
  cluster: { name: 'prod', namespace: 'shop' },
  deployment: 'checkout',
  container: 'app',
  repositories: [{ name: 'checkout', tags: 'v*' }],
};
const plan: PlanProps = {
  strategy: 'canary',
  metrics: [
    {
      name: 'errors',
      source: { kind: 'cloudwatch', bad: 'failedRequests' },
      judge: { kind: 'sequential', ceiling: 'auto' },
    },
  ],
  steps: [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }],
  soak: '15m',
};
new ProgressiveWorkload(new Stack(app, 'Shop'), 'Checkout', {
  controlPlane,
  workload,
  plan,
  router: {
    kind: 'alb',
    listenerArn:
      'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2',
    vpcId: 'vpc-0123456789abcdef0',
    priority: 10,
    conditions: { hostHeaders: ['shop.example.com'] },
    port: 8080,
    healthCheck: { path: '/healthz', interval: Duration.seconds(10) },
  },
});

app.synth();
