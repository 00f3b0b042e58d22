import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ControlPlaneStack } from '../infra/control-plane-stack.ts';
import { ExampleWorkloadStack } from '../infra/example-workload-stack.ts';
import { charactersOf, type OfStack, rolesOf } from '../lab/iam/resolve.ts';
import { type Figure, figureOf } from './figure.ts';

const MANY = 200;
/** IAM's limit for all inline policies of a role together. */
const MOST_CHARACTERS = 10_240;
/** CloudFormation's limit for a template. */
const MOST_RESOURCES = 500;
const SYNTH_LIMIT_SECONDS = 60;

/**
 * What is deployed: characters of the policies of each role, with one workload and with 200 (the same, decision 46), stacks
 * and resources, and how long synthesising takes.
 */
export async function stacks(runs: number, say: (line: string) => void): Promise<Figure[]> {
  const seconds: number[] = [];
  let controlPlane = synthesised(controlPlaneStack());
  for (let run = 0; run < runs; run += 1) {
    const before = performance.now();
    controlPlane = synthesised(controlPlaneStack());
    synthWorkloads(1);
    seconds.push((performance.now() - before) / 1000);
  }
  const [one, many] = [1, MANY].map(count => charactersByRole(controlPlane, synthWorkloads(count)));
  if (one === undefined || many === undefined) throw new Error('there is nothing to compare');
  const fullest = Object.entries(one).toSorted(([, a], [, b]) => b - a);
  say(`  characters by role: ${fullest.map(([role, characters]) => `${role} ${characters}`).join(', ')}`);
  const changed = Object.keys({ ...one, ...many }).filter(role => one[role] !== many[role]);
  const value = (name: string, unit: string, measured: number, limit?: number) =>
    figureOf({ name, unit, values: [measured], ...(limit !== undefined && { limit }) });
  return [
    value(
      'policies of the fullest role with 1 workload',
      'characters',
      Math.max(...Object.values(one)),
      MOST_CHARACTERS,
    ),
    value(
      `policies of the fullest role with ${MANY} workloads`,
      'characters',
      Math.max(...Object.values(many)),
      MOST_CHARACTERS,
    ),
    value(`roles whose policies are other with ${MANY} workloads than with 1`, 'roles', changed.length, 0),
    ...sizeOf('a control plane', controlPlaneStack()),
    ...sizeOf('a workload', new ExampleWorkloadStack(new App(), 'Example')),
    figureOf({
      name: 'synthesis of a control plane and a workload',
      unit: 's',
      values: seconds,
      limit: SYNTH_LIMIT_SECONDS,
    }),
  ];
}

/** Without bundles: what a template says does not depend on what is in a function. */
const controlPlaneStack = () =>
  new ControlPlaneStack(new App(), 'Sluice', {
    code: () => lambda.Code.fromInline('// not measured'),
    reaches: () => ({ clusters: [{ name: 'prod' }], network: { kind: 'public' } }),
  });

/** As teams deploy them: each from an app of its own, in which stack and construct have the same ids. */
const synthWorkloads = (count: number): OfStack[] =>
  Array.from({ length: count }, (_, index) =>
    synthesised(new ExampleWorkloadStack(new App(), 'Workload', { stackName: `workload-${index}` })),
  );

function synthesised(stack: Stack): OfStack {
  const template = Template.fromStack(stack);
  return { template, ofType: type => template.findResources(type) as ReturnType<OfStack['ofType']> };
}

/** By role: its own policies, and those that workloads put on it. */
function charactersByRole(controlPlane: OfStack, workloads: readonly OfStack[]): Record<string, number> {
  const characters: Record<string, number> = {};
  for (const stack of [controlPlane, ...workloads]) {
    for (const [role, statements] of rolesOf(stack))
      characters[role] = (characters[role] ?? 0) + charactersOf(statements);
  }
  return characters;
}

/** Of a construct and whatever stacks it has made in its app. */
function sizeOf(what: string, stack: Stack): Figure[] {
  const all = stack.node.root.node.findAll().filter((one): one is Stack => 'templateFile' in one);
  const resources = all.map(one => Object.keys(Template.fromStack(one).toJSON().Resources ?? {}).length);
  return [
    figureOf({ name: `stacks of ${what}`, unit: 'stacks', values: [all.length] }),
    figureOf({
      name: `resources of the largest stack of ${what}`,
      unit: 'resources',
      values: [Math.max(...resources)],
      limit: MOST_RESOURCES,
    }),
  ];
}
