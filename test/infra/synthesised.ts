import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Aspects, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { PROJECT_ROOT } from '../../infra/bundling/bundle.ts';
import { ControlPlaneStack } from '../../infra/control-plane-stack.ts';
import { ExampleWorkloadStack } from '../../infra/example-workload-stack.ts';
import { networkOf } from '../../infra/network.ts';

// each construct would keep where it was made, which vitest's source maps make slow
process.env.CDK_DISABLE_STACK_TRACE = '1';
/** For the hook that synthesises: about 5 s of one processor, which this machine may have to share. */
export const SYNTH_TIMEOUT_MS = 120_000;

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Synthesised {
  template: Template;
  stack: Stack;
  /** By logical id. */
  ofType(type: string): Record<string, Resource>;
}

/** As `cdk deploy -c ...` would say it. */
const IN_VPC = {
  network: 'private',
  clusterVpcId: 'vpc-11111111',
  clusterSubnetIds: 'subnet-11111111,subnet-22222222',
  clusterSecurityGroupId: 'sg-11111111',
};

/** The control plane without bundles: what a template says does not depend on what is in a function. */
export function synthControlPlane(
  options: {
    clusters?: string[];
    inVpc?: boolean;
    /** Instead of that: as `-c` says it. */
    context?: Record<string, string>;
    prometheusInVpc?: boolean;
    nag?: boolean;
    wayBackConcurrency?: number;
    privateNetworks?: string[];
    registryAccounts?: string[];
  } = {},
): Synthesised & {
  stack: ControlPlaneStack;
} {
  const context = {
    ...(options.context ?? (options.inVpc === true ? IN_VPC : { network: 'public' })),
    ...(options.prometheusInVpc === true && { prometheusInVpc: 'true' }),
  };
  const app = new App({ context });
  const stack = new ControlPlaneStack(app, 'Sluice', {
    code: () => lambda.Code.fromInline('// not under test'),
    reaches: scope => ({
      clusters: (options.clusters ?? ['prod']).map(name => ({ name })),
      network: networkOf(scope),
    }),
    ...(options.privateNetworks !== undefined && { privateNetworks: options.privateNetworks }),
    ...(options.registryAccounts !== undefined && { registryAccounts: options.registryAccounts }),
    ...(options.wayBackConcurrency !== undefined && { wayBackConcurrency: options.wayBackConcurrency }),
  });
  if (options.nag === true) Aspects.of(stack).add(new AwsSolutionsChecks({ verbose: true }));
  return { ...synthesised(stack), stack };
}

/** The stack of the table, which a control plane's is deployed after. */
export function ledgerOf(controlPlane: Stack): Stack {
  const found = controlPlane.dependencies.find(({ stackName }) => stackName.endsWith('Ledger'));
  if (found === undefined) throw new Error(`${controlPlane.stackName} is deployed after no ledger`);
  return found;
}

export function synthExample(options: { nag?: boolean } = {}): Synthesised {
  const stack = new ExampleWorkloadStack(new App(), 'Example');
  if (options.nag === true) Aspects.of(stack).add(new AwsSolutionsChecks({ verbose: true }));
  return synthesised(stack);
}

export function synthesised(stack: Stack): Synthesised {
  const template = Template.fromStack(stack);
  return { template, stack, ofType: type => template.findResources(type) as Record<string, Resource> };
}

export const nagFindings = (stack: Stack): string[] =>
  [
    ...Annotations.fromStack(stack).findError('*', Match.anyValue()),
    ...Annotations.fromStack(stack).findWarning('*', Match.anyValue()),
  ]
    .map(({ id, entry }) => `${id}: ${String(entry.data)}`)
    .filter(text => text.includes('AwsSolutions-'));

/** The access entries that a control plane makes in its clusters: the logical id of each function's role, and its group. */
export function accessEntriesOf(from: Synthesised): { cluster: unknown; role: string; group: string }[] {
  return Object.values(from.ofType('Custom::SluiceCluster')).flatMap(({ Properties }) => {
    const { Name: cluster, AccessEntries: text } = Properties as { Name: unknown; AccessEntries: unknown };
    const parts =
      typeof text === 'string'
        ? [text]
        : (text as { 'Fn::Join': [string, (string | { 'Fn::GetAtt': [string, string] })[]] })['Fn::Join'][1];
    const json = parts.map(part => (typeof part === 'string' ? part : part['Fn::GetAtt'][0])).join('');
    const entries = JSON.parse(json) as { principalArn: string; group: string }[];
    return entries.map(({ principalArn, group }) => ({ cluster, role: principalArn, group }));
  });
}

/** functions/*.ts and functions/custom-resources/*.ts that export a handler, as the catalogue names them. */
export const namesIn = (folder: string): string[] =>
  readdirSync(join(PROJECT_ROOT, folder))
    .filter(file => file.endsWith('.ts'))
    .map(file => file.slice(0, -'.ts'.length));

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

/** Every statement of every policy of a template, with the logical id of where it stands. */
export function statementsOf({ template }: Synthesised): { where: string; statement: Statement }[] {
  const all = Object.entries(template.toJSON().Resources as Record<string, Resource>);
  return all.flatMap(([where, { Properties = {} }]) => {
    const inline = (Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
    const documents = [Properties.PolicyDocument, ...inline.map(policy => policy.PolicyDocument)];
    return documents.flatMap(document => {
      const { Statement: statements = [] } = (document ?? {}) as { Statement?: Statement[] };
      return statements.map(statement => ({ where, statement }));
    });
  });
}

export const listed = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);
