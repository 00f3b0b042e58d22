import { openDynamoDbLedger } from '../../adapters/ledger/dynamodb-ledger.ts';
import { openDynamoDbWorkloads } from '../../adapters/workloads/dynamodb-workloads.ts';
import { openTable } from '../../lab/table.ts';
import { synthExample } from '../infra/synthesised.ts';
import { blueArn, greenArn } from '../lab/aws/memory-load-balancer.ts';
import type { AnswerBucket } from './answer-bucket.ts';
import { openCloudFormationLab, SHOP_STACK } from './cloud-formation-lab.ts';
import { openStack, type StackOptions, type Template } from './stack.ts';

/** The template of the workload to copy, as it is synthesised; `with` texts in it replaced. */
export function shopTemplate(...changes: [text: string, by: string][]): Template {
  const whole = JSON.stringify(synthExample().template.toJSON().Resources);
  const changed = changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the template of the example has no ${from} any more: change this test`);
    return text.replaceAll(from, to);
  }, whole);
  return JSON.parse(changed) as Template;
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

/** Who calls the functions of the control plane, and where they answer. */
export interface Caller extends Pick<StackOptions, 'addressOf' | 'invoke'> {
  bucket: AnswerBucket;
  close(): Promise<void>;
}

/** A load balancer and a table that functions reach over the wire, and CloudFormation with the stack of the workload. */
export async function openShop(
  makeCaller: (world: { env: Record<string, string>; lab: Lab }) => Promise<Caller>,
  options: { isTwice?: boolean } = {},
) {
  const lab = await openCloudFormationLab();
  const table = await openTable();
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: lab.wire.url,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    SLUICE_TABLE: table.name,
    SLUICE_CONTROL_PLANE: 'sluice',
  };
  const caller = await makeCaller({ env, lab });
  const workloads = openDynamoDbWorkloads(env);
  const groups = Object.entries(shopTemplate()).filter(([, { Type }]) => Type.endsWith('::TargetGroup'));
  const groupOf = (slot: string) =>
    groups.filter(([, { Properties }]) => JSON.stringify(Properties).includes(`"${slot}"`)).map(([id]) => id);
  const refs = {
    ListenerArn: lab.loadBalancer.listenerArn,
    ClusterName: 'prod',
    ...Object.fromEntries(groupOf('blue').map(id => [id, blueArn])),
    ...Object.fromEntries(groupOf('green').map(id => [id, greenArn])),
  };
  const { bucket, addressOf, invoke } = caller;
  const stack = openStack({ stackId: SHOP_STACK, bucket, addressOf, invoke, refs, ...options });
  return {
    lab,
    stack,
    bucket,
    caller,
    ledger: openDynamoDbLedger(env, lab.deps.clock),
    /** What is left of it all, but for names that are made anew each time. */
    async world() {
      const rules = lab.loadBalancer.rules().map(({ arn, ...rule }) => ({ ...rule, tags: lab.tags[arn] }));
      const registered = (await workloads.readAll()).map(({ registeredAtEpochMs: _, workload, ...one }) => ({
        ...one,
        workload: { ...workload, router: workload.router.kind },
      }));
      const claims = (await workloads.readClaims('checkout')).map(({ resource }) => resource.replace(/ arn.*/, ''));
      return { rules, registered, claims };
    },
    async close(): Promise<void> {
      await caller.close();
      await table.close();
      await lab.close();
    },
  };
}

type Lab = Awaited<ReturnType<typeof openCloudFormationLab>>;
