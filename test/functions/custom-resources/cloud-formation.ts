import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fakeLedger } from '../../../adapters/ledger/fake-ledger.ts';
import { linesLog, linesMeter } from '../../../adapters/log/lines-log.ts';
import { fakeSecrets } from '../../../adapters/secrets/fake-secrets.ts';
import { fakeWorkloads } from '../../../adapters/workloads/fake-workloads.ts';
import { checkPlan } from '../../../domain/plan/check-plan.ts';
import type { Answer } from '../../../functions/lambda/custom-resource.ts';
import { checkout } from '../../adapters/router/alb/rules.contract.ts';

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

export const SHOP_STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1';
export const OTHER_STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/other/2';

/** Whose a rule or a group is, as the stack shop writes it on those of checkout. */
export const ruleTags = (workload = 'checkout', stack = SHOP_STACK): Record<string, string> => ({
  'sluice:owner': `sluice/${workload}`,
  'sluice:stack': stack,
});

/** As the stack shop tags the groups of checkout. */
export const groupTags = (slot: string, workload = 'checkout', stack = SHOP_STACK): Record<string, string> => ({
  ...ruleTags(workload, stack),
  'sluice:workload': workload,
  'sluice:slot': slot,
});

/** A CloudFormation that calls and keeps what it is answered, and all of a control plane that is in memory. */
export async function openCloudFormation(options: { takesAnswers?: boolean } = {}) {
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
  const ledger = fakeLedger();
  const deps = {
    clock,
    log: linesLog(line => lines.push(line), clock),
    meter: linesMeter(line => lines.push(line), clock),
    pause: async (ms: number) => pauses.push(ms),
    ledger,
    workloads: fakeWorkloads(),
    secrets: fakeSecrets(),
    controlPlane: 'sluice',
    clusters: [checkout.cluster.name],
    isAnswerAddress: (address: URL) => address.hostname === '127.0.0.1',
  };
  const responseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=secret-of-the-stack`;
  return {
    deps,
    answers,
    lines,
    pauses,
    request: (RequestType: string, ResourceProperties: object, PhysicalResourceId?: string, StackId = SHOP_STACK) => ({
      RequestType,
      ResponseURL: responseUrl,
      StackId,
      RequestId: 'request-1',
      LogicalResourceId: 'Rule',
      ResourceType: 'Custom::SluiceListenerRule',
      ResourceProperties: {
        ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:sluice',
        ...ResourceProperties,
      },
      ...(PhysicalResourceId !== undefined && { PhysicalResourceId }),
    }),
    async beginRelease(workload = checkout): Promise<void> {
      const checked = checkPlan({ ...PLAN, workload: workload.name }, workload);
      if (checked.kind !== 'plan') throw new Error(JSON.stringify(checked.issues));
      const fact = { kind: 'requested', images: {}, plan: checked.plan, workload } as const;
      const line = { releaseId: `${workload.name}-1`, atEpochMs: clock.now(), by: 'test', fact };
      await ledger.append(workload.name, await ledger.read(workload.name), line);
    },
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
