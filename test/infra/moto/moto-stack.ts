import type { Boto3 } from '../../support/boto3.ts';
import type { TemplateResource } from '../../support/template-values.ts';
import { type Facts, READERS } from './known-types.ts';

export interface Template {
  Resources: Record<string, TemplateResource>;
  Parameters?: Record<string, unknown>;
}

/** An archive with nothing in it, in hexadecimal. */
const EMPTY_ZIP = `504b0506${'00'.repeat(18)}`;
const BUCKET = 'assets';
const CODE = { Code: { S3Bucket: BUCKET, S3Key: 'code.zip' } };

/**
 * An account of moto in which CloudFormation makes stacks. It has no roll back: a deployment that fails leaves what it has
 * made. What is walked here in place of one is what a roll back asks for: the update with the template before it.
 */
export async function openAccount(boto: Boto3) {
  const location = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } };
  await boto.call({ service: 's3', operation: 'create_bucket', parameters: { Bucket: BUCKET, ...location } });
  const put = (Key: string, hex: string) =>
    boto.call({
      service: 's3',
      operation: 'put_object',
      parameters: { Bucket: BUCKET, Key, Body: hex },
      binary: ['Body'],
    });
  await put(CODE.Code.S3Key, EMPTY_ZIP);
  // as `cdk bootstrap` leaves it
  const version = { Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' };
  await boto.call({ service: 'ssm', operation: 'put_parameter', parameters: version });

  async function deploy(
    operation: 'create_stack' | 'update_stack',
    StackName: string,
    template: Template,
    parameters: Record<string, string> = {},
  ): Promise<string> {
    await put(StackName, Buffer.from(JSON.stringify(asMotoTakesIt(template))).toString('hex'));
    const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    }));
    const TemplateURL = `https://${BUCKET}.s3.eu-west-1.amazonaws.com/${StackName}`;
    const Capabilities = ['CAPABILITY_NAMED_IAM'];
    const asked = { StackName, TemplateURL, Parameters, Capabilities };
    await boto.call({ service: 'cloudformation', operation, parameters: asked });
    return statusOf(StackName);
  }

  async function statusOf(name: string): Promise<string> {
    const { StackSummaries } = await boto.call<{ StackSummaries: { StackName: string; StackStatus: string }[] }>({
      service: 'cloudformation',
      operation: 'list_stacks',
      paged: true,
    });
    return StackSummaries.find(({ StackName }) => StackName === name)?.StackStatus ?? 'none';
  }

  return {
    create: (name: string, template: Template, parameters?: Record<string, string>) =>
      deploy('create_stack', name, template, parameters),
    update: (name: string, template: Template, parameters?: Record<string, string>) =>
      deploy('update_stack', name, template, parameters),
    async delete(StackName: string): Promise<string> {
      await boto.call({ service: 'cloudformation', operation: 'delete_stack', parameters: { StackName } });
      return statusOf(StackName);
    },
    /** The types of what moto made of a stack, by logical id. */
    async madeOf(StackName: string): Promise<Record<string, string>> {
      const asked = { service: 'cloudformation', operation: 'describe_stack_resources', parameters: { StackName } };
      const { StackResources } = await boto.call<{
        StackResources: { LogicalResourceId?: string; ResourceType?: string }[];
      }>(asked);
      // it lists what it does not know as well, without a name
      const known = StackResources.filter(({ LogicalResourceId }) => LogicalResourceId !== undefined);
      return Object.fromEntries(known.map(resource => [resource.LogicalResourceId, resource.ResourceType ?? '']));
    },
    /** All that the account has of the types that moto knows. */
    async facts(types: string[] = Object.keys(READERS)): Promise<Record<string, Facts>> {
      const found: Record<string, Facts> = {};
      for (const type of types) found[type] = (await READERS[type]?.(boto)) ?? {};
      return found;
    },
    boto,
  };
}

export const typesIn = (template: Template): string[] => [
  ...new Set(Object.values(template.Resources).map(({ Type }) => Type)),
];

/**
 * The template but for what moto cannot do: custom resources (what refers to one gets a text), the code of functions, which
 * it takes from its own S3, and `RetainExceptOnCreate`, which is `Retain` once a stack has been made.
 */
function asMotoTakesIt(template: Template): Template {
  const custom = new Set(
    Object.entries(template.Resources).flatMap(([logicalId, { Type }]) =>
      Type.startsWith('Custom::') ? [logicalId] : [],
    ),
  );
  const replaced = JSON.parse(JSON.stringify(template), (_, value) => {
    const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string[] };
    return custom.has(Ref ?? attribute?.[0] ?? '') ? 'of-a-custom-resource' : value;
  }) as Template;
  const Resources = Object.entries(replaced.Resources).flatMap(([logicalId, resource]) => {
    if (custom.has(logicalId)) return [];
    const { DependsOn, DeletionPolicy, ...others } = resource;
    const waitsFor = [DependsOn ?? []].flat().filter(other => !custom.has(other));
    const kept = {
      ...others,
      ...(resource.Type === 'AWS::Lambda::Function' && { Properties: { ...resource.Properties, ...CODE } }),
      ...(waitsFor.length > 0 && { DependsOn: waitsFor }),
      ...(DeletionPolicy !== undefined && { DeletionPolicy: DeletionPolicy.replace('RetainExceptOnCreate', 'Retain') }),
    };
    return [[logicalId, kept]];
  });
  return { ...replaced, Resources: Object.fromEntries(Resources) };
}
