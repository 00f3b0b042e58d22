import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { vpcEndpoints } from '../../infra/cluster-network.ts';
import { ControlPlaneStack } from '../../infra/control-plane-stack.ts';
import { ExampleWorkloadStack } from '../../infra/example-workload-stack.ts';
import { type Figure, figureOf } from '../figure.ts';
import { billAtRest, type Resource } from './bill-at-rest.ts';
import { type BillLine, billTable, dollarsOf, dollarText, sumOf } from './prices.ts';

/** What an account pays a month in which nothing is released, from the templates that `npm run synth` writes. */
export async function costAtRest(_: number, say: (line: string) => void): Promise<Figure[]> {
  const resources = [...ofItsStacks(controlPlane()), ...resourcesOf(new ExampleWorkloadStack(new App(), 'Example'))];
  const lines = billAtRest(resources);
  say('At rest, a month, with one workload:\n');
  for (const line of billTable(lines)) say(line);
  say(`\nFor nothing while nothing runs: ${freeOf(resources)}.\n`);
  say('Not in the sum, and only where the functions that talk to the cluster have to be in a VPC without a way out:');
  for (const line of privateNetwork) say(`  ${line.what}: ${dollarText(dollarsOf(line))} (${line.how})`);
  return [figureOf({ name: 'at rest, a month', unit: 'dollars', values: [sumOf(lines)], limit: 5 })];
}

function controlPlane(): Stack {
  // what a template says does not depend on what is in a function
  return new ControlPlaneStack(new App(), 'Sluice', {
    code: () => lambda.Code.fromInline('// no code'),
    reaches: () => ({ clusters: [{ name: 'prod' }], network: { kind: 'public' } }),
  });
}

const resourcesOf = (stack: Stack): Resource[] =>
  Object.values((Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> }).Resources);

/** With the ledger's, which it is deployed after. */
const ofItsStacks = (stack: Stack): Resource[] => [stack, ...stack.dependencies].flatMap(resourcesOf);

const PAID = /::(Alarm|Key|Schedule|Table)$/;

function freeOf(resources: readonly Resource[]): string {
  const counts = new Map<string, number>();
  for (const { Type } of resources) if (!PAID.test(Type)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');
}

const interfaces = vpcEndpoints().flatMap(({ service, kind }) => (kind === 'interface' ? [service] : []));

const privateNetwork: BillLine[] = [
  { what: 'either a NAT gateway', amount: 1, price: 'natGatewayMonth', how: 'and its traffic' },
  {
    what: 'or interface endpoints',
    amount: 2 * interfaces.length,
    price: 'interfaceEndpointMonth',
    how: `${interfaces.join(', ')} in two zones; the one of DynamoDB is a gateway and free`,
  },
];
