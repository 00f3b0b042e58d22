import { openTable } from '../../lab/table.ts';
import { synthControlPlane } from '../infra/synthesised.ts';
import { PSEUDO_PARAMETERS, resolved } from '../support/template-values.ts';
import { openCloudFormationLab } from './cloud-formation-lab.ts';
import type { Caller } from './shop-stack.ts';
import { openStack, type Template } from './stack.ts';

const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Sluice/1';

/** The template of a control plane, as it is synthesised. @param changes texts in its cluster, and what they become */
export function clusterTemplate(...changes: [text: string, by: string][]): Template {
  const whole = synthControlPlane().template.toJSON().Resources as Template;
  return Object.fromEntries(
    Object.entries(whole).map(([logicalId, resource]) => {
      if (resource.Type !== 'Custom::SluiceCluster') return [logicalId, resource];
      const changed = changes.reduce((text, [from, to]) => {
        if (!text.includes(from)) throw new Error(`${logicalId} has no ${from} any more: change this test`);
        return text.replace(from, to);
      }, JSON.stringify(resource));
      return [logicalId, JSON.parse(changed)];
    }),
  );
}

export type ClusterStack = Awaited<ReturnType<typeof openClusterStack>>;

/** An EKS that functions reach over the wire, and CloudFormation with the stack of a control plane. */
export async function openClusterStack(
  makeCaller: (world: {
    env: Record<string, string>;
    lab: Awaited<ReturnType<typeof openCloudFormationLab>>;
  }) => Promise<Caller>,
  options: { isTwice?: boolean } = {},
) {
  const lab = await openCloudFormationLab();
  const table = await openTable();
  const { prod } = lab.eks.clusters;
  if (prod === undefined) throw new Error('no cluster prod');
  lab.eks.clusters.stage = { ...prod, endpoint: 'https://stage.example.com' };
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL_EKS: lab.wire.url,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    SLUICE_TABLE: table.name,
    SLUICE_CONTROL_PLANE: 'sluice',
  };
  const { bucket, addressOf, invoke, close } = await makeCaller({ env, lab });
  const template = clusterTemplate();
  const pseudo = { ref: (name: string) => PSEUDO_PARAMETERS[name], attribute: () => undefined };
  const named = (logicalId: string, property: string) =>
    String(resolved(template[logicalId]?.Properties?.[property], pseudo, `${logicalId}.${property}`));
  const attribute = (logicalId: string, name: string) => {
    const type = template[logicalId]?.Type;
    if (name !== 'Arn') return undefined;
    if (type === 'AWS::IAM::Role') return `arn:aws:iam::123456789012:role/${named(logicalId, 'RoleName')}`;
    if (type !== 'AWS::Lambda::Function') return undefined;
    return `arn:aws:lambda:eu-west-1:123456789012:function:${named(logicalId, 'FunctionName')}`;
  };
  return {
    lab,
    bucket,
    stack: openStack({ stackId: STACK, bucket, addressOf, invoke, refs: {}, attribute, ...options }),
    /** The groups of each access entry, by cluster and role. */
    world: () =>
      Object.fromEntries(
        [...lab.eks.entries].flatMap(([cluster, entries]) =>
          [...entries.values()].map(({ principalArn, kubernetesGroups }) => [
            `${cluster} ${principalArn.split('/').at(-1)}`,
            kubernetesGroups,
          ]),
        ),
      ),
    async close(): Promise<void> {
      await close();
      await table.close();
      await lab.close();
    },
  };
}
