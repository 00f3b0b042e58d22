import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeLedger } from '../../../adapters/ledger/fake-ledger.ts';
import { linesLog, linesMeter } from '../../../adapters/log/lines-log.ts';
import { openAlbRuleKeeper } from '../../../adapters/router/alb-rule-keeper.ts';
import { FakeWorkloads } from '../../../adapters/workloads/fake-workloads.ts';
import { checkPlan } from '../../../domain/plan/check-plan.ts';
import type { Answer } from '../../../functions/custom-resources/cloud-formation.ts';
import { openElbv2Endpoint } from '../../../lab/aws/elbv2-endpoint.ts';
import { openWireServer } from '../../../lab/aws/wire-server.ts';
import { checkout } from '../../adapters/router/router.contract.ts';
import { openMemoryLoadBalancer } from '../../lab/aws/memory-load-balancer.ts';

export const PLAN = {
  apiVersion: 'sluice/v1',
  kind: 'Plan',
  workload: 'checkout',
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
};

/** A CloudFormation that calls and keeps what it is answered, a load balancer behind the wire, and a ledger. */
export async function openCloudFormationLab(options: { takesAnswers?: boolean } = {}) {
  const loadBalancer = openMemoryLoadBalancer();
  const wire = await openWireServer({ endpoints: [openElbv2Endpoint({ loadBalancer })] });
  const answers: { answer: Answer; contentType: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      answers.push({
        answer: JSON.parse(Buffer.concat(chunks).toString('utf8')),
        contentType: request.headers['content-type'],
      });
      response.writeHead(options.takesAnswers === false ? 403 : 200).end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const lines: string[] = [];
  const pauses: number[] = [];
  const clock = { now: () => Date.parse('2026-11-21T12:00:00Z') };
  const ledger = new FakeLedger();
  const deps = {
    clock,
    log: linesLog(line => lines.push(line), clock),
    meter: linesMeter(line => lines.push(line), clock),
    pause: async (ms: number) => pauses.push(ms),
    ledger,
    workloads: new FakeWorkloads(),
    rules: openAlbRuleKeeper({
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'lab',
      AWS_SECRET_ACCESS_KEY: 'lab',
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: wire.url,
    }),
  };
  const responseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=secret-of-the-stack`;
  return {
    loadBalancer,
    wire,
    deps,
    answers,
    lines,
    pauses,
    request: (RequestType: string, ResourceProperties: object, PhysicalResourceId?: string) => ({
      RequestType,
      ResponseURL: responseUrl,
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1',
      RequestId: 'request-1',
      LogicalResourceId: 'Rule',
      ResourceType: 'Custom::SluiceListenerRule',
      ResourceProperties: {
        ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:sluice',
        ...ResourceProperties,
      },
      ...(PhysicalResourceId !== undefined && { PhysicalResourceId }),
    }),
    async beginRelease(): Promise<void> {
      const checked = checkPlan(PLAN, checkout);
      if (checked.kind !== 'plan') throw new Error(JSON.stringify(checked.issues));
      const fact = { kind: 'requested', images: {}, plan: checked.plan, workload: checkout } as const;
      const line = { releaseId: 'checkout-1', atEpochMs: clock.now(), by: 'test', fact };
      await ledger.append('checkout', await ledger.read('checkout'), line);
    },
    async close(): Promise<void> {
      await wire.close();
      await new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
